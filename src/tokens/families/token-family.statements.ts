import { type Statement } from '../../database/sql-session.js';

/** The columns of a `TokenFamily`. */
const FAMILY = `f.id, f.user_id, f.client_id, f.scopes, f.audiences, f.issued_at, f.expires_at,
  f.auth_time, f.amr, f.acr, f.dpop_jkt, clock_timestamp() AS now`;

export const INSERT: Statement = {
  name: 'family_insert',
  text: `
    INSERT INTO token_family AS f (id, user_id, client_id, key_version, token_hash, scopes, audiences,
      auth_time, amr, acr, dpop_jkt, expires_at, browser_session_id, offline, user_agent, signed_in_address)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, clock_timestamp() + make_interval(secs => $12), $13, $14,
      $15, $16)
    RETURNING ${FAMILY}`,
};

/**
 * Rotates every member that may: single use, client binding, expiry and the state of client and user are
 * one condition, decided by Postgres under the row's lock. No index holds a column that it sets, but the
 * BRIN one on expiry, so it is a HOT update (law L7).
 */
export const ROTATE: Statement = {
  name: 'family_rotate',
  text: `
    UPDATE token_family f
    SET generation = m.generation + 1,
        token_hash = m.successor_hash,
        key_version = m.key_version,
        rotated_at = clock_timestamp(),
        last_used_at = clock_timestamp(),
        last_used_address = m.address,
        dpop_jkt = COALESCE(f.dpop_jkt, m.bind_jkt),
        dpop_bound_generation = CASE WHEN f.dpop_jkt IS NULL THEN m.generation + 1 ELSE f.dpop_bound_generation END,
        expires_at = LEAST(
          CASE WHEN m.slides THEN clock_timestamp() + make_interval(secs => m.lifetime) ELSE f.expires_at END,
          f.issued_at + make_interval(secs => m.absolute_lifetime))
    FROM unnest($1::uuid[], $2::text[], $3::integer[], $4::bytea[], $5::bytea[], $6::smallint[], $7::text[],
        $8::text[], $9::text[], $10::integer[], $11::boolean[], $12::integer[], $13::text[], $14::text[])
      AS m (id, client_id, generation, token_hash, successor_hash, key_version, jkt,
        scopes, audiences, lifetime, slides, absolute_lifetime, bind_jkt, address),
      client c, user_account u, server_state s
    WHERE f.id = m.id AND f.client_id = m.client_id
      AND f.generation = m.generation AND f.token_hash = m.token_hash
      AND f.revoked_at IS NULL AND f.expires_at > clock_timestamp()
      AND (m.absolute_lifetime IS NULL
        OR f.issued_at + make_interval(secs => m.absolute_lifetime) > clock_timestamp())
      AND (f.dpop_jkt IS NULL OR f.dpop_jkt = m.jkt)
      AND (m.scopes IS NULL OR string_to_array(m.scopes, ' ') <@ f.scopes)
      AND (m.audiences IS NULL OR string_to_array(m.audiences, ' ') <@ f.audiences)
      AND c.id = f.client_id AND c.enabled AND (c.tokens_not_before IS NULL OR c.tokens_not_before < f.issued_at)
      AND u.id = f.user_id AND u.status = 'active'
      AND (u.tokens_not_before IS NULL OR u.tokens_not_before < f.issued_at)
      AND (s.tokens_not_before IS NULL OR s.tokens_not_before < f.issued_at)
    RETURNING ${FAMILY}`,
};

export const FIND_STATES: Statement = {
  name: 'family_find_states',
  text: `
    SELECT ${FAMILY}, f.generation, f.dpop_bound_generation, f.token_hash, f.key_version, f.rotated_at, f.last_used_at, u.username,
      COALESCE(f.revoked_at, CASE WHEN s.tokens_not_before >= f.issued_at THEN s.tokens_not_before END) AS revoked_at,
      COALESCE(c.enabled AND (c.tokens_not_before IS NULL OR c.tokens_not_before < f.issued_at), false)
        AS client_live,
      COALESCE(u.status = 'active' AND (u.tokens_not_before IS NULL OR u.tokens_not_before < f.issued_at), false)
        AS user_live
    FROM token_family f
    CROSS JOIN server_state s
    LEFT JOIN client c ON c.id = f.client_id
    LEFT JOIN user_account u ON u.id = f.user_id
    WHERE f.id = ANY ($1::uuid[])`,
};

export const MARK_USED: Statement = {
  name: 'family_mark_used',
  text: `
    UPDATE token_family SET last_used_at = clock_timestamp(), last_used_address = $3
    WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < clock_timestamp() - make_interval(secs => $2))`,
};

export const REVOKE: Statement = {
  name: 'family_revoke',
  text: `
    UPDATE token_family f SET revoked_at = clock_timestamp(), revocation_reason = $2
    WHERE f.id = $1 AND f.revoked_at IS NULL
    RETURNING ${FAMILY}`,
};

export const LOCK_ACCESS_TOKEN: Statement = {
  name: 'family_lock_access_token',
  text: `
    SELECT access_token_jti AS jti, extract(epoch FROM access_token_expires_at)::float8 AS exp
    FROM token_family WHERE id = $1 FOR UPDATE`,
};

export const SET_ACCESS_TOKEN: Statement = {
  name: 'family_set_access_token',
  text: `
    UPDATE token_family SET access_token_jti = $2, access_token_expires_at = to_timestamp($3) WHERE id = $1`,
};

export const LOCK_USER_AT_CLIENT: Statement = {
  name: 'family_lock_user_at_client',
  text: `SELECT pg_advisory_xact_lock(hashtextextended($1::text || ' ' || $2, 0))`,
};

export const LIVE_BEYOND: Statement = {
  name: 'family_live_beyond',
  text: `
    SELECT id FROM token_family
    WHERE user_id = $1 AND client_id = $2 AND revoked_at IS NULL AND expires_at > clock_timestamp()
    ORDER BY issued_at DESC, id DESC
    OFFSET $3`,
};

/** By the index on the session. */
export const LIVE_IN_BROWSER_SESSION: Statement = {
  name: 'family_live_in_browser_session',
  text: `
    SELECT f.id FROM token_family f
    WHERE f.browser_session_id = $1 AND NOT f.offline AND f.revoked_at IS NULL AND f.expires_at > clock_timestamp()
    ORDER BY f.id`,
};

/** Of a table that is partitioned, its leaf partitions hold the rows. */
export const MEASURE: Statement = {
  name: 'family_measure',
  text: `
    SELECT count(*)::int AS partitions,
      (max(pg_relation_size(oid)) / current_setting('block_size')::int)::int AS pages
    FROM pg_class
    WHERE relkind = 'r'
      AND (oid = 'token_family'::regclass OR oid IN (SELECT relid FROM pg_partition_tree('token_family')))`,
};

/** A TID range scan: it reads just these pages, of every partition, however large the table. */
export const DELETE_ENDED_ON_PAGES: Statement = {
  name: 'family_delete_ended_on_pages',
  text: `
    DELETE FROM token_family f
    WHERE f.ctid >= format('(%s,0)', $1::bigint)::tid AND f.ctid < format('(%s,0)', $2::bigint)::tid
      AND LEAST(f.expires_at, f.revoked_at) < clock_timestamp() - make_interval(secs => $3)`,
};

/** The planner's guess, from the statistics that autovacuum keeps: nothing is read, however many families there are. */
export const ESTIMATE_LIVE: Statement = {
  name: 'family_estimate_live',
  text: `
    EXPLAIN (FORMAT JSON)
    SELECT 1 FROM token_family WHERE revoked_at IS NULL AND expires_at > now()`,
};
