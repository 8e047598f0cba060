import { Injectable } from '@nestjs/common';
import { type SqlSession, type Statement, type Transaction } from '../database/sql-session.js';

const INSERT_ACCESS_TOKEN: Statement = {
  name: 'revoked_access_token_insert',
  text: `
    INSERT INTO revoked_access_token (jti, client_id, expires_at) VALUES ($1, $2, to_timestamp($3))
    ON CONFLICT (jti) DO NOTHING
    RETURNING jti`,
};

const REVOKE_BY_USER: Statement = {
  name: 'family_revoke_by_user',
  text: `
    UPDATE token_family SET revoked_at = clock_timestamp(), revocation_reason = $3
    WHERE revoked_at IS NULL AND id IN (
      SELECT id FROM token_family
      WHERE user_id = $1 AND ($2::text IS NULL OR client_id = $2) AND revoked_at IS NULL
        AND expires_at > clock_timestamp()
      ORDER BY id FOR UPDATE)
    RETURNING id`,
};

const CUT_OFF_USER: Statement = {
  name: 'user_cut_off',
  text: 'UPDATE user_account SET tokens_not_before = clock_timestamp() WHERE id = $1 RETURNING id',
};

const CUT_OFF_CLIENT: Statement = {
  name: 'client_cut_off',
  text: 'UPDATE client SET tokens_not_before = clock_timestamp() WHERE id = $1 RETURNING id',
};

const CUT_OFF_EVERYBODY: Statement = {
  name: 'server_cut_off',
  text: 'UPDATE server_state SET tokens_not_before = clock_timestamp()',
};

/** By the index on the expiry. */
const DELETE_EXPIRED: Statement = {
  name: 'revoked_access_token_delete_expired',
  text: `
    DELETE FROM revoked_access_token WHERE jti IN (
      SELECT jti FROM revoked_access_token
      WHERE expires_at < clock_timestamp() - make_interval(secs => $1)
      ORDER BY expires_at LIMIT $2)
    RETURNING jti`,
};

/** The statements that end more than one family, or one access token. */
@Injectable()
export class RevocationRepository {
  /** @param expiresAt seconds since the epoch. @returns whether it was not revoked before */
  async insertAccessToken(transaction: Transaction, jti: string, clientId: string, expiresAt: number) {
    return (await transaction.query(INSERT_ACCESS_TOKEN, [jti, clientId, expiresAt])).length === 1;
  }

  /**
   * Ends a user's live families, at one client or at all, by the index on the user. Locks them in the order
   * of their ids, as rotations do.
   *
   * @returns how many
   */
  async revokeByUser(transaction: Transaction, userId: string, clientId: string | undefined, reason: string) {
    return (await transaction.query(REVOKE_BY_USER, [userId, clientId ?? null, reason])).length;
  }

  /** Everything issued to the user up to now is dead. @returns whether there is such a user */
  async cutOffUser(transaction: Transaction, userId: string): Promise<boolean> {
    return (await transaction.query(CUT_OFF_USER, [userId])).length === 1;
  }

  /** Everything issued to the client up to now is dead, however much it is. @returns whether it exists */
  async cutOffClient(transaction: Transaction, clientId: string): Promise<boolean> {
    return (await transaction.query(CUT_OFF_CLIENT, [clientId])).length === 1;
  }

  async cutOffEverybody(transaction: Transaction): Promise<void> {
    await transaction.query(CUT_OFF_EVERYBODY);
  }

  /** Forgets up to `limit` access tokens that expired by themselves over `seconds` ago. @returns how many */
  async deleteExpiredAccessTokens(session: SqlSession, seconds: number, limit: number): Promise<number> {
    return (await session.query(DELETE_EXPIRED, [seconds, limit])).length;
  }
}
