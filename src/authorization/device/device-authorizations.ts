import { Inject, Injectable } from '@nestjs/common';
import { RandomSource } from '../../common/random-source.js';
import { authorizationConfig, type AuthorizationSettings } from '../../config/authorization.config.js';
import { Database } from '../../database/database.js';
import { type Transaction } from '../../database/sql-session.js';
import {
  DEVICE_CODE_BYTES,
  DEVICE_CODE_PREFIX,
  type DeviceGrant,
  type DeviceRefusal,
  type DeviceRequest,
  type PendingDevice,
} from './device-authorization.js';
import {
  type Decision,
  DeviceAuthorizationRepository,
  type PolledDevice,
} from './device-authorization.repository.js';
import { newUserCode } from './user-code.js';

/** The codes of a request; times in seconds. */
export interface IssuedDeviceCodes {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly lifetime: number;
  readonly interval: number;
}

/** User codes are few enough to meet again, and far too many for it to happen thrice. */
const ATTEMPTS = 3;

/** Devices ask, somebody decides, the device comes in once (RFC 8628). */
@Injectable()
export class DeviceAuthorizations {
  constructor(
    private readonly database: Database,
    private readonly repository: DeviceAuthorizationRepository,
    private readonly random: RandomSource,
    @Inject(authorizationConfig.KEY) private readonly settings: AuthorizationSettings,
  ) {}

  async begin(request: DeviceRequest): Promise<IssuedDeviceCodes> {
    const { deviceCodeLifetime: lifetime, devicePollInterval: interval } = this.settings;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const codes = { deviceCode: this.newDeviceCode(), userCode: newUserCode(this.random) };
      const device = { ...request, ...codes, lifetime, interval };
      if (await this.repository.insert(this.database, device)) return device;
    }
    throw new Error('no user code was free');
  }

  /** The request that a user code stands for, while it waits for somebody to decide. */
  findPending(userCode: string): Promise<PendingDevice | undefined> {
    return this.repository.findPending(this.database, userCode);
  }

  /** @returns whether it was still to be decided */
  decide(userCode: string, decision: Decision): Promise<boolean> {
    return this.repository.decide(this.database, userCode, decision);
  }

  /** @returns what the device was granted, once; `undefined` where {@link poll} says why not */
  consume(transaction: Transaction, deviceCode: string, clientId: string): Promise<DeviceGrant | undefined> {
    return this.repository.consume(transaction, deviceCode, clientId);
  }

  /** Why a device may not come in, or not yet. Counts as a question: too many of them slow it down. */
  async poll(deviceCode: string, clientId: string): Promise<DeviceRefusal> {
    const polled = await this.repository.poll(this.database, deviceCode, clientId);
    return polled ? refusalOf(polled) : 'unknown';
  }

  private newDeviceCode(): string {
    return DEVICE_CODE_PREFIX + this.random.bytes(DEVICE_CODE_BYTES).toString('base64url');
  }
}

function refusalOf({ status, isExpired, isTooFast }: PolledDevice): DeviceRefusal {
  if (status === 'consumed' || status === 'denied') return status;
  if (isExpired) return 'expired';
  if (status === 'approved') return 'grant_gone';
  return isTooFast ? 'too_fast' : 'pending';
}
