import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { Database } from '../../database/database.js';
import { type Statement } from '../../database/sql-session.js';
import { type AuthorizationRequest } from '../request/authorization-request.js';

const INSERT: Statement = {
  name: 'pushed_request_insert',
  text: `
    INSERT INTO pushed_authorization_request (request_hash, client_id, request, expires_at)
    VALUES ($1, $2, $3, clock_timestamp() + make_interval(secs => $4))`,
};

const TAKE: Statement = {
  name: 'pushed_request_take',
  text: `
    DELETE FROM pushed_authorization_request
    WHERE request_hash = $1 AND client_id = $2 AND expires_at > clock_timestamp()
    RETURNING request`,
};

/** By the index on the expiry. */
const DELETE_EXPIRED: Statement = {
  name: 'pushed_request_delete_expired',
  text: `
    DELETE FROM pushed_authorization_request WHERE request_hash IN (
      SELECT request_hash FROM pushed_authorization_request WHERE expires_at < clock_timestamp()
      ORDER BY expires_at LIMIT $1)
    RETURNING 1`,
};

/** Authorization requests that clients pushed (RFC 9126), by the hashes of their references. */
@Injectable()
export class PushedRequestRepository {
  constructor(private readonly database: Database) {}

  /** @param lifetime seconds */
  async insert(reference: string, request: AuthorizationRequest, lifetime: number): Promise<void> {
    const values = [hashOf(reference), request.clientId, JSON.stringify(request), lifetime];
    await this.database.query(INSERT, values);
  }

  /** Takes a request, so that of all who come with its reference one gets it. Another client takes nothing. */
  async take(reference: string, clientId: string): Promise<AuthorizationRequest | undefined> {
    const values = [hashOf(reference), clientId];
    const [row] = await this.database.query<{ request: AuthorizationRequest }>(TAKE, values);
    return row?.request;
  }

  /** Forgets up to `limit` that nobody came for in time. @returns how many */
  async deleteExpired(limit: number): Promise<number> {
    return (await this.database.query(DELETE_EXPIRED, [limit])).length;
  }
}

function hashOf(reference: string): Buffer {
  return createHash('sha256').update(reference).digest();
}
