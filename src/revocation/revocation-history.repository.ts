import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { type Statement } from '../database/sql-session.js';
import { type RevocationEvent, type RevocationReason, type Initiator } from '../events/revocation-event.js';
import { type TokenFate } from './token-fate.js';

/** A revocation that hit a family, by itself or with others. */
export interface PastRevocation {
  /** Of the event. */
  readonly id: string;
  readonly type: RevocationEvent['type'];
  readonly reason: RevocationReason;
  readonly initiator: Initiator;
  readonly occurred_at: Date;
}

/** Whose tokens, issued when. Members left out hit nothing. */
export interface RevocationTarget {
  readonly familyId?: string;
  readonly userId?: string;
  readonly clientId: string;
  readonly issuedAt: Date;
}

/** Each branch by an index: those on the session, and on the subject and client of cutoffs. */
export const FIND_HITS: Statement = {
  name: 'revocation_history_hits',
  text: `
    SELECT e.id, e.type, e.reason, e.initiator, e.occurred_at FROM (
      SELECT * FROM revocation_event WHERE session_id = $1
      UNION ALL
      SELECT * FROM revocation_event
      WHERE type IN ('user-tokens-revoked', 'user-client-tokens-revoked', 'client-tokens-revoked', 'all-tokens-revoked')
        AND (subject = $2 AND (client_id IS NULL OR client_id = $3)
          OR subject IS NULL AND client_id = $3
          OR subject IS NULL AND client_id IS NULL)
        AND occurred_at >= $4) e
    ORDER BY e.occurred_at DESC
    LIMIT 100`,
};

/** The rules are those of introspection; this tells them apart. Cutoffs that the token is younger than are left out. */
const FATE: Statement = {
  name: 'access_token_fate',
  text: `
    SELECT r.revoked_at AS token_revoked_at, r.reason AS token_reason,
      CASE WHEN t.family_id IS NOT NULL THEN COALESCE(f.client_id = t.client_id, false) END AS family_found,
      f.revoked_at AS family_revoked_at, f.revocation_reason AS family_reason,
      CASE WHEN t.user_id IS NOT NULL THEN u.id IS NOT NULL END AS user_found, u.status = 'active' AS user_active,
      CASE WHEN u.tokens_not_before >= i.issued_at THEN u.tokens_not_before END AS user_cutoff,
      c.id IS NOT NULL AS client_found, c.enabled AS client_enabled,
      CASE WHEN c.tokens_not_before >= i.issued_at THEN c.tokens_not_before END AS client_cutoff,
      CASE WHEN s.tokens_not_before >= i.issued_at THEN s.tokens_not_before END AS everybody_cutoff
    FROM (VALUES ($1::text, $2::text, $3::uuid, $4::uuid, $5::timestamptz)) AS t (jti, client_id, family_id, user_id, issued_at)
    CROSS JOIN server_state s
    LEFT JOIN revoked_access_token r ON r.jti = t.jti
    LEFT JOIN client c ON c.id = t.client_id
    LEFT JOIN token_family f ON f.id = t.family_id
    LEFT JOIN user_account u ON u.id = t.user_id
    CROSS JOIN LATERAL (SELECT COALESCE(f.issued_at, t.issued_at) AS issued_at) i`,
};

/** What was revoked when and why, for admins who ask. */
@Injectable()
export class RevocationHistoryRepository {
  constructor(private readonly database: Database) {}

  /** The revocations since it was issued that hit it, newest first, as long as their events are kept. */
  findHits({ familyId, userId, clientId, issuedAt }: RevocationTarget): Promise<PastRevocation[]> {
    const values = [familyId ?? null, userId ?? null, clientId, issuedAt];
    return this.database.query<PastRevocation>(FIND_HITS, values);
  }

  async findFate(
    jti: string,
    { familyId, userId, clientId, issuedAt }: RevocationTarget,
  ): Promise<TokenFate> {
    const values = [jti, clientId, familyId ?? null, userId ?? null, issuedAt];
    const [fate] = await this.database.query<TokenFate>(FATE, values);
    if (!fate) throw new Error('the server has no state');
    return fate;
  }
}
