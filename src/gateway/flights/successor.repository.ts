import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { type Statement } from '../../database/sql-session.js';

/** What a presented token was exchanged for, sealed, and how often that has changed. */
export interface SuccessorRow {
  readonly version: number;
  /** `null` while it is exchanged for the first time, and once it is over. */
  readonly sealed: Buffer | null;
}

/** A record to be written. */
export interface SealedSuccessor {
  readonly id: Buffer;
  readonly sealed: Buffer;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

const FIND: Statement = {
  name: 'gateway_successor_find',
  text: `
    SELECT version, CASE WHEN expires_at > clock_timestamp() THEN sealed END AS sealed
    FROM gateway_successor WHERE id = $1`,
};

/** Whoever writes the row has the lease: of concurrent ones one. The row outlasts it, so that a slow one finds it. */
const LEASE: Statement = {
  name: 'gateway_successor_lease',
  text: `
    INSERT INTO gateway_successor AS s (id, leased_until, expires_at)
    SELECT $1, until, until + interval '1 minute'
    FROM (SELECT clock_timestamp() + make_interval(secs => $3) AS until) AS lease
    ON CONFLICT (id) DO UPDATE
      SET leased_until = excluded.leased_until, expires_at = greatest(s.expires_at, excluded.expires_at)
      WHERE s.version = $2 AND coalesce(s.leased_until, '-infinity') <= clock_timestamp()
    RETURNING s.version`,
};

/** The other records only with the first: what was presented never points beyond what is known. */
const SETTLE: Statement = {
  name: 'gateway_successor_settle',
  text: `
    WITH exchanged AS (
      UPDATE gateway_successor SET sealed = $3, expires_at = $4, version = version + 1, leased_until = NULL
      WHERE id = $1 AND version = $2 RETURNING id
    )
    INSERT INTO gateway_successor AS s (id, sealed, expires_at, version)
    SELECT other.*, 1 FROM exchanged, unnest($5::bytea[], $6::bytea[], $7::timestamptz[]) AS other
    ON CONFLICT (id) DO UPDATE
      SET sealed = excluded.sealed, expires_at = excluded.expires_at, version = s.version + 1`,
};

const FORGET: Statement = {
  name: 'gateway_successor_forget',
  text: 'DELETE FROM gateway_successor WHERE id = $1 AND version = $2 AND sealed IS NULL',
};

const RELEASE: Statement = {
  name: 'gateway_successor_release',
  text: 'UPDATE gateway_successor SET leased_until = NULL WHERE id = $1 AND version = $2',
};

const DELETE_EXPIRED: Statement = {
  name: 'gateway_successor_delete_expired',
  text: `
    DELETE FROM gateway_successor WHERE id IN (
      SELECT id FROM gateway_successor WHERE expires_at <= clock_timestamp() ORDER BY expires_at LIMIT $1
    ) RETURNING id`,
};

/** What became of presented refresh tokens, in Postgres: what Redis may lose must not end sessions. */
@Injectable()
export class SuccessorRepository {
  constructor(private readonly database: Database) {}

  async find(id: Buffer): Promise<SuccessorRow | undefined> {
    const [row] = await this.database.query<SuccessorRow>(FIND, [id]);
    return row;
  }

  /**
   * Takes the right to exchange a token, for some seconds.
   *
   * @param version as found; 0 where there was nothing
   * @returns the version to settle; `undefined` where another has it, or has changed what was found
   */
  async lease(id: Buffer, version: number, seconds: number): Promise<number | undefined> {
    const [row] = await this.database.query<{ version: number }>(LEASE, [id, version, seconds]);
    return row?.version;
  }

  /** Writes what a leased token was exchanged for, and with it what others of its trail stand for now. */
  async settle(
    version: number,
    exchanged: SealedSuccessor,
    others: readonly SealedSuccessor[],
  ): Promise<void> {
    await this.database.query(SETTLE, [
      exchanged.id,
      version,
      exchanged.sealed,
      new Date(exchanged.expiresAt),
      others.map(({ id }) => id),
      others.map(({ sealed }) => sealed),
      others.map(({ expiresAt }) => new Date(expiresAt)),
    ]);
  }

  /** Gives a lease back that came to nothing. */
  async release(id: Buffer, version: number): Promise<void> {
    await this.database.query(FORGET, [id, version]);
    await this.database.query(RELEASE, [id, version]);
  }

  /** Deletes up to `limit` records that are over. @returns how many */
  async deleteExpired(limit: number): Promise<number> {
    return (await this.database.query(DELETE_EXPIRED, [limit])).length;
  }
}
