import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { type SqlSession, type Statement, type Transaction } from '../../database/sql-session.js';
import { type ManagedKey } from '../../tokens/keys/token-key.manager.js';

/** A key whose tokens are dead. */
export interface RevokedKey extends Pick<ManagedKey, 'kid' | 'algorithm' | 'createdAt' | 'activeFrom'> {
  /** In the words of whoever revoked it. */
  readonly reason: string;
  readonly revokedAt: Date;
}

const COLUMNS = `kid, algorithm, created_at AS "createdAt", active_from AS "activeFrom", reason, revoked_at AS "revokedAt"`;

const INSERT: Statement = {
  name: 'revoked_key_insert',
  text: `
    INSERT INTO revoked_key (kid, algorithm, created_at, active_from, reason) VALUES ($1, $2, $3, $4, $5)
    RETURNING ${COLUMNS}`,
};

const FIND: Statement = {
  name: 'revoked_key_find',
  text: `SELECT ${COLUMNS} FROM revoked_key WHERE kid = $1`,
};

const FIND_ALL: Statement = {
  name: 'revoked_key_find_all',
  text: `SELECT ${COLUMNS} FROM revoked_key k ORDER BY k.revoked_at, k.kid`,
};

const DELETE_OLDER: Statement = {
  name: 'revoked_key_delete_older',
  text: `DELETE FROM revoked_key WHERE revoked_at < clock_timestamp() - make_interval(secs => $1)`,
};

@Injectable()
export class RevokedKeyRepository {
  constructor(private readonly database: Database) {}

  async insert(
    transaction: Transaction,
    { kid, algorithm, createdAt, activeFrom, reason }: Omit<RevokedKey, 'revokedAt'>,
  ): Promise<RevokedKey> {
    const values = [kid, algorithm, createdAt, activeFrom, reason];
    const [row] = await transaction.query<RevokedKey>(INSERT, values);
    if (!row) throw new Error('the revoked key was not stored');
    return row;
  }

  async findByKid(kid: string, session: SqlSession = this.database): Promise<RevokedKey | undefined> {
    return (await session.query<RevokedKey>(FIND, [kid]))[0];
  }

  /** Those that are remembered, the oldest first. */
  findAll(): Promise<RevokedKey[]> {
    return this.database.query<RevokedKey>(FIND_ALL);
  }

  async deleteOlderThan(seconds: number): Promise<void> {
    await this.database.query(DELETE_OLDER, [seconds]);
  }
}
