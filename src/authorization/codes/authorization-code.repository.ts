import { Injectable } from '@nestjs/common';
import { type SqlSession, type Statement, type Transaction } from '../../database/sql-session.js';
import {
  challengeOf,
  type CodeGrant,
  type CodePresentation,
  type CodeState,
  hashOfCode,
  type IssuedFor,
} from './authorization-code.js';

const INSERT: Statement = {
  name: 'authorization_code_insert',
  text: `
    INSERT INTO authorization_code (code_hash, client_id, user_id, redirect_uri, code_challenge, scopes, audiences,
      auth_time, amr, acr, nonce, dpop_jkt, browser_session_id, user_agent, address, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
      clock_timestamp() + make_interval(secs => $16))`,
};

/**
 * Single use, binding, expiry, and the state of client and user are one condition, decided under the row's
 * lock. A second exchange waits for the first, and finds the code used, or not when the first failed.
 */
const CONSUME: Statement = {
  name: 'authorization_code_consume',
  text: `
    UPDATE authorization_code a SET consumed_at = clock_timestamp()
    FROM client c, user_account u, server_state s
    WHERE a.code_hash = $1 AND a.client_id = $2 AND a.redirect_uri = $3 AND a.code_challenge = $4
      AND (a.dpop_jkt IS NULL OR a.dpop_jkt = $5) AND ($6::text[] IS NULL OR $6::text[] <@ a.audiences)
      AND a.consumed_at IS NULL AND a.expires_at > clock_timestamp()
      AND c.id = a.client_id AND c.enabled AND (c.tokens_not_before IS NULL OR c.tokens_not_before < a.issued_at)
      AND u.id = a.user_id AND u.status = 'active'
      AND (u.tokens_not_before IS NULL OR u.tokens_not_before < a.issued_at)
      AND (s.tokens_not_before IS NULL OR s.tokens_not_before < a.issued_at)
    RETURNING a.client_id AS "clientId", a.user_id AS "userId", a.redirect_uri AS "redirectUri",
      a.code_challenge AS "codeChallenge", a.scopes, a.audiences, a.auth_time AS "authTime", a.amr, a.acr, a.nonce,
      a.dpop_jkt AS "dpopJkt", a.browser_session_id AS "browserSessionId", a.user_agent AS "userAgent", a.address`,
};

const NOTE_ISSUED: Statement = {
  name: 'authorization_code_note_issued',
  text: `
    UPDATE authorization_code
    SET family_id = $2, access_token_jti = $3, access_token_expires_at = to_timestamp($4)
    WHERE code_hash = $1`,
};

const FIND: Statement = {
  name: 'authorization_code_find',
  text: `
    SELECT a.client_id, a.user_id, a.redirect_uri, a.code_challenge, a.dpop_jkt, a.audiences, a.expires_at,
      a.consumed_at, a.family_id, a.access_token_jti, a.access_token_expires_at, clock_timestamp() AS now
    FROM authorization_code a WHERE a.code_hash = $1`,
};

const DELETE_OPEN: Statement = {
  name: 'authorization_code_delete_open',
  text: 'DELETE FROM authorization_code WHERE user_id = $1 AND client_id = $2 AND consumed_at IS NULL',
};

/** By the index on the expiry. */
const DELETE_EXPIRED: Statement = {
  name: 'authorization_code_delete_expired',
  text: `
    DELETE FROM authorization_code WHERE code_hash IN (
      SELECT code_hash FROM authorization_code
      WHERE expires_at < clock_timestamp() - make_interval(secs => $1)
      ORDER BY expires_at LIMIT $2)
    RETURNING 1`,
};

/** A row as Postgres has it: what is left out is `null`. */
type CodeGrantRow = { readonly [Member in keyof CodeGrant]-?: CodeGrant[Member] | null };

/** Codes in Postgres, by their hashes. */
@Injectable()
export class AuthorizationCodeRepository {
  /** @param lifetime seconds */
  async insert(session: SqlSession, code: string, grant: CodeGrant, lifetime: number): Promise<void> {
    const { clientId, userId, redirectUri, codeChallenge, scopes, audiences, authTime, amr } = grant;
    const { acr, nonce, dpopJkt, browserSessionId, userAgent, address } = grant;
    const bound = [hashOfCode(code), clientId, userId, redirectUri, codeChallenge, scopes, audiences];
    const about = [authTime, amr, acr, nonce, dpopJkt, browserSessionId, userAgent, address];
    await session.query(INSERT, [...bound, ...about, lifetime]);
  }

  /** @returns what the code stands for, where it is this client's and was not used; `undefined` otherwise */
  async consume(transaction: Transaction, presented: CodePresentation): Promise<CodeGrant | undefined> {
    const { code, clientId, redirectUri, codeVerifier, jkt, audiences } = presented;
    const challenge = challengeOf(codeVerifier);
    const values = [hashOfCode(code), clientId, redirectUri, challenge, jkt ?? null, audiences ?? null];
    const [row] = await transaction.query<CodeGrantRow>(CONSUME, values);
    return row && (withoutNulls(row) as CodeGrant);
  }

  /** Notes what a code was exchanged for, so that a replay ends it. */
  async noteIssued(transaction: Transaction, code: string, issued: IssuedFor): Promise<void> {
    const { familyId, accessToken } = { familyId: null, accessToken: null, ...issued };
    await transaction.query(NOTE_ISSUED, [hashOfCode(code), familyId, accessToken?.jti, accessToken?.exp]);
  }

  async find(session: SqlSession, code: string): Promise<CodeState | undefined> {
    const [state] = await session.query<CodeState>(FIND, [hashOfCode(code)]);
    return state;
  }

  /** Takes back the codes of a user that a client has not exchanged yet. */
  async deleteOpen(transaction: Transaction, userId: string, clientId: string): Promise<void> {
    await transaction.query(DELETE_OPEN, [userId, clientId]);
  }

  /** Forgets up to `limit` codes that expired over `seconds` ago. @returns how many */
  async deleteExpired(session: SqlSession, seconds: number, limit: number): Promise<number> {
    return (await session.query(DELETE_EXPIRED, [seconds, limit])).length;
  }
}

function withoutNulls(row: object): object {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}
