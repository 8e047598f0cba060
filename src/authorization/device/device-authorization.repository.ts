import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { type SqlSession, type Transaction } from '../../database/sql-session.js';
import { type DeviceGrant, type DeviceRequest, type PendingDevice } from './device-authorization.js';
import * as statements from './device-authorization.statements.js';

/** A device's request, and the codes that it goes by. */
export interface NewDevice extends DeviceRequest {
  readonly deviceCode: string;
  readonly userCode: string;
  /** Seconds between two polls. */
  readonly interval: number;
  /** Seconds. */
  readonly lifetime: number;
}

/** What somebody decided about a device. */
export interface Decision extends Pick<DeviceGrant, 'userId' | 'scopes' | 'authTime' | 'amr' | 'acr'> {
  readonly isAllowed: boolean;
}

/** How a device stands that asked for its tokens. */
export interface PolledDevice {
  readonly status: 'pending' | 'approved' | 'denied' | 'consumed';
  readonly isExpired: boolean;
  readonly isTooFast: boolean;
}

/** Devices that wait to be let in, by the hashes of their codes. */
@Injectable()
export class DeviceAuthorizationRepository {
  /** @returns whether the user code was free */
  async insert(session: SqlSession, device: NewDevice): Promise<boolean> {
    const { deviceCode, userCode, clientId, scopes, audiences, interval, lifetime } = device;
    const values = [hashOf(deviceCode), userCode, clientId, scopes, audiences, interval, lifetime];
    return (await session.query(statements.INSERT, values)).length === 1;
  }

  async findPending(session: SqlSession, userCode: string): Promise<PendingDevice | undefined> {
    const [device] = await session.query<PendingDevice>(statements.FIND_PENDING, [userCode]);
    return device;
  }

  /** @returns whether it was still to be decided */
  async decide(session: SqlSession, userCode: string, decision: Decision): Promise<boolean> {
    const { isAllowed, userId, scopes, authTime, amr, acr = null } = decision;
    const values = [userCode, isAllowed ? 'approved' : 'denied', userId, scopes, authTime, amr, acr];
    return (await session.query(statements.DECIDE, values)).length === 1;
  }

  /** @returns what the device was granted, where it may come in now */
  async consume(
    transaction: Transaction,
    deviceCode: string,
    clientId: string,
  ): Promise<DeviceGrant | undefined> {
    const values = [hashOf(deviceCode), clientId];
    const [row] = await transaction.query<Omit<DeviceGrant, 'acr'> & { acr: string | null }>(
      statements.CONSUME,
      values,
    );
    return row && { ...row, acr: row.acr ?? undefined };
  }

  /** @returns how the client's device stands, or `undefined` where there is none */
  async poll(session: SqlSession, deviceCode: string, clientId: string): Promise<PolledDevice | undefined> {
    const [device] = await session.query<PolledDevice>(statements.POLL, [hashOf(deviceCode), clientId]);
    return device;
  }

  /** Forgets up to `limit` that expired over `seconds` ago. @returns how many */
  async deleteExpired(session: SqlSession, seconds: number, limit: number): Promise<number> {
    return (await session.query(statements.DELETE_EXPIRED, [seconds, limit])).length;
  }
}

function hashOf(deviceCode: string): Buffer {
  return createHash('sha256').update(deviceCode).digest();
}
