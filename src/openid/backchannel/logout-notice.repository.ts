import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { type Statement } from '../../database/sql-session.js';

/** A client that is to be told that a person's session has ended. */
export interface LogoutNotice {
  readonly id: string;
  readonly clientId: string;
  readonly userId: string;
  /** The session's name at the client. */
  readonly sid: string;
  /** This one included. */
  readonly attempts: number;
  /** Seconds since the session ended. */
  readonly age: number;
}

/**
 * Up to `$1` of those that are due, and of one client `$2`, which nobody else takes for `$3` seconds. Clients of
 * `$4` are left alone: a slow one must not hold up the others.
 */
const CLAIM: Statement = {
  name: 'logout_notice_claim',
  text: `
    UPDATE logout_notice n
    SET attempts = n.attempts + 1, next_attempt_at = clock_timestamp() + make_interval(secs => $3)
    WHERE n.id IN (
      SELECT d.id FROM logout_notice d
      WHERE d.id IN (
        SELECT r.id FROM (
          SELECT l.id, l.next_attempt_at, row_number() OVER (PARTITION BY l.client_id ORDER BY l.next_attempt_at) AS rank
          FROM logout_notice l
          WHERE l.next_attempt_at <= clock_timestamp() AND l.client_id <> ALL ($4::text[])) r
        WHERE r.rank <= $2 ORDER BY r.next_attempt_at LIMIT $1)
        AND d.next_attempt_at <= clock_timestamp()
      ORDER BY d.id FOR UPDATE SKIP LOCKED)
    RETURNING n.id, n.client_id AS "clientId", n.user_id AS "userId", n.sid, n.attempts,
      extract(epoch FROM clock_timestamp() - n.created_at)::float8 AS age`,
};

const DELETE: Statement = {
  name: 'logout_notice_delete',
  text: 'DELETE FROM logout_notice WHERE id = $1',
};

const POSTPONE: Statement = {
  name: 'logout_notice_postpone',
  text: `
    UPDATE logout_notice SET next_attempt_at = clock_timestamp() + make_interval(secs => $2), failure = $3
    WHERE id = $1`,
};

/** How many to take at once, in all and of one client, and for how many seconds. */
export interface Claim {
  readonly limit: number;
  readonly perClient: number;
  readonly seconds: number;
  readonly exceptClients: readonly string[];
}

/** Notices of sessions that ended, written by whoever ended them. */
@Injectable()
export class LogoutNoticeRepository {
  constructor(private readonly database: Database) {}

  claim({ limit, perClient, seconds, exceptClients }: Claim): Promise<LogoutNotice[]> {
    return this.database.query<LogoutNotice>(CLAIM, [limit, perClient, seconds, exceptClients]);
  }

  async delete(id: string): Promise<void> {
    await this.database.query(DELETE, [id]);
  }

  /** @param problem what went wrong, in our words */
  async postpone(id: string, seconds: number, problem: string): Promise<void> {
    await this.database.query(POSTPONE, [id, seconds, problem]);
  }
}
