import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { type SqlSession, type Statement, type Transaction } from '../../database/sql-session.js';
import { type TokenHash } from '../token-hashes.js';

/** What an admin lets the bearer of an initial access token do. */
export interface NewInitialAccessToken {
  /** Scopes that a client may register itself for with it. */
  readonly scopes: readonly string[];
  readonly maxRegistrations: number;
  /** Seconds from now, by the database's clock. */
  readonly lifetime: number;
}

/** An initial access token as stored, without the token. */
export interface InitialAccessToken {
  readonly id: string;
  readonly scopes: readonly string[];
  readonly maxRegistrations: number;
  /** How many clients were registered with it. */
  readonly registrations: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
  /** Whether one more client may be registered with it. */
  readonly isUsable: boolean;
}

const USABLE = `revoked_at IS NULL AND expires_at > clock_timestamp() AND registrations < max_registrations`;

const COLUMNS = `
  t.id, scopes, max_registrations AS "maxRegistrations", registrations, created_at AS "createdAt",
  expires_at AS "expiresAt", revoked_at AS "revokedAt", ${USABLE} AS "isUsable"`;

const INSERT: Statement = {
  name: 'initial_access_token_insert',
  text: `
    INSERT INTO initial_access_token AS t (id, key_version, token_hash, scopes, max_registrations, expires_at)
    VALUES ($1, $2, $3, $4, $5, clock_timestamp() + make_interval(secs => $6))
    RETURNING ${COLUMNS}`,
};

const FIND: Statement = {
  name: 'initial_access_token_find',
  text: `
    SELECT ${COLUMNS}, key_version AS "keyVersion", token_hash AS hash FROM initial_access_token t
    WHERE t.id = $1`,
};

const LIST: Statement = {
  name: 'initial_access_token_list',
  text: `
    SELECT ${COLUMNS} FROM initial_access_token t
    WHERE $1::uuid IS NULL OR t.id < $1 ORDER BY t.id DESC LIMIT $2`,
};

/** The row's count is the verdict: of any number at once no more register than may. */
const USE: Statement = {
  name: 'initial_access_token_use',
  text: `
    UPDATE initial_access_token SET registrations = registrations + 1 WHERE id = $1 AND ${USABLE}
    RETURNING id`,
};

const REVOKE: Statement = {
  name: 'initial_access_token_revoke',
  text: `
    UPDATE initial_access_token SET revoked_at = clock_timestamp() WHERE id = $1 AND revoked_at IS NULL
    RETURNING id`,
};

@Injectable()
export class InitialAccessTokenRepository {
  constructor(private readonly database: Database) {}

  async insert(
    transaction: Transaction,
    id: string,
    { keyVersion, hash }: TokenHash,
    { scopes, maxRegistrations, lifetime }: NewInitialAccessToken,
  ): Promise<InitialAccessToken> {
    const values = [id, keyVersion, hash, scopes, maxRegistrations, lifetime];
    const [row] = await transaction.query<InitialAccessToken>(INSERT, values);
    if (!row) throw new Error('an insert returned no row');
    return row;
  }

  async findById(
    id: string,
    session: SqlSession = this.database,
  ): Promise<(InitialAccessToken & TokenHash) | undefined> {
    const [row] = await session.query<InitialAccessToken & TokenHash>(FIND, [id]);
    return row;
  }

  /** Up to `limit` tokens, newest first, of those older than the one of id `before`. */
  list(before: string | undefined, limit: number): Promise<InitialAccessToken[]> {
    return this.database.query<InitialAccessToken>(LIST, [before ?? null, limit]);
  }

  /** Counts one more registration. @returns whether it may be */
  async use(transaction: Transaction, id: string): Promise<boolean> {
    return (await transaction.query(USE, [id])).length === 1;
  }

  /** @returns whether it was not revoked before */
  async revoke(transaction: Transaction, id: string): Promise<boolean> {
    return (await transaction.query(REVOKE, [id])).length === 1;
  }
}
