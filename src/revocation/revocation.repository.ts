import { Injectable } from '@nestjs/common';
import { type RevocationCause } from '../events/revocation-event.js';
import { type SqlSession, type Statement, type Transaction } from '../database/sql-session.js';

const INSERT_ACCESS_TOKEN: Statement = {
  name: 'revoked_access_token_insert',
  text: `
    INSERT INTO revoked_access_token (jti, client_id, expires_at, reason) VALUES ($1, $2, to_timestamp($3), $4)
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

/** The families and their events in one statement, and so in one transaction (law L5). */
const REVOKE_FAMILIES: Statement = {
  name: 'families_revoke',
  text: `
    WITH revoked AS (
      UPDATE token_family f SET revoked_at = clock_timestamp(), revocation_reason = $4
      FROM unnest($1::uuid[], $2::text[], $3::uuid[]) AS m (id, client_id, event_id)
      WHERE f.id = m.id AND f.client_id = m.client_id AND f.revoked_at IS NULL
      RETURNING f.id, f.user_id, f.client_id, m.event_id)
    INSERT INTO revocation_event (id, type, subject, session_id, client_id, reason, initiator)
    SELECT event_id, 'token-family-revoked', user_id, id, client_id, $4, $5 FROM revoked
    RETURNING session_id AS "familyId", subject AS "userId"`,
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

/** A family that its client wants ended. */
export interface FamilyRevocation {
  readonly familyId: string;
  readonly clientId: string;
  /** Of the event that tells of it. */
  readonly eventId: string;
}

export interface RevokedAccessToken {
  readonly jti: string;
  readonly clientId: string;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
  readonly reason: string;
}

export interface RevokedFamily {
  readonly familyId: string;
  readonly userId: string;
}

/** The statements that end several families, or one access token. */
@Injectable()
export class RevocationRepository {
  /**
   * Ends families of their own clients, each with its event. No two members may be of one family, and they
   * must be in the order of their ids, so that concurrent statements can't deadlock.
   *
   * @returns those that were not revoked before
   */
  revokeFamilies(
    session: SqlSession,
    members: readonly FamilyRevocation[],
    { reason, initiator }: RevocationCause,
  ): Promise<RevokedFamily[]> {
    return session.query<RevokedFamily>(REVOKE_FAMILIES, [
      members.map(({ familyId }) => familyId),
      members.map(({ clientId }) => clientId),
      members.map(({ eventId }) => eventId),
      reason,
      initiator,
    ]);
  }

  /** @returns whether it was not revoked before */
  async insertAccessToken(transaction: Transaction, token: RevokedAccessToken): Promise<boolean> {
    const { jti, clientId, expiresAt, reason } = token;
    return (await transaction.query(INSERT_ACCESS_TOKEN, [jti, clientId, expiresAt, reason])).length === 1;
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
