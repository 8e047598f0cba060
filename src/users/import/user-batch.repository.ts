import { Injectable } from '@nestjs/common';
import { type Statement, type Transaction } from '../../database/sql-session.js';
import { type UserStatus } from '../user.entity.js';

/** A user to be. */
export interface UserRow {
  readonly id: string;
  /** Whether the id is from elsewhere, so that a user may have had it before. */
  readonly isIdGiven: boolean;
  readonly username: string;
  readonly email: string | null;
  readonly status: UserStatus;
  readonly claims: Record<string, unknown>;
  readonly passwordHash: string | null;
}

/** The first of those that have an id or a name in common is taken. */
const INSERT: Statement = {
  name: 'user_insert_batch',
  text: `
    INSERT INTO user_account (id, username, email, status, claims, password_hash, tokens_not_before)
    SELECT m.id, m.username, m.email, m.status, m.claims::jsonb, m.password_hash,
      CASE WHEN m.is_id_given THEN clock_timestamp() END
    FROM unnest($1::uuid[], $2::boolean[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
      AS m (id, is_id_given, username, email, status, claims, password_hash)
    ON CONFLICT DO NOTHING
    RETURNING id, username`,
};

const TAKEN_IDS: Statement = {
  name: 'user_taken_ids',
  text: 'SELECT u.id FROM user_account u WHERE u.id = ANY($1::uuid[])',
};

/** Inserts users by the hundred. */
@Injectable()
export class UserBatchRepository {
  /**
   * Inserts the users whose id and name are free, in one statement. A user under an id from elsewhere begins
   * with a cutoff: tokens of one who had it before stay dead.
   *
   * @returns the id and the name of each that was inserted
   */
  insert(transaction: Transaction, users: readonly UserRow[]): Promise<Pick<UserRow, 'id' | 'username'>[]> {
    return transaction.query(INSERT, [
      users.map(({ id }) => id),
      users.map(({ isIdGiven }) => isIdGiven),
      users.map(({ username }) => username),
      users.map(({ email }) => email),
      users.map(({ status }) => status),
      users.map(({ claims }) => JSON.stringify(claims)),
      users.map(({ passwordHash }) => passwordHash),
    ]);
  }

  async findTaken(transaction: Transaction, ids: readonly string[]): Promise<Set<string>> {
    const rows = await transaction.query<{ id: string }>(TAKEN_IDS, [ids]);
    return new Set(rows.map(({ id }) => id));
  }
}
