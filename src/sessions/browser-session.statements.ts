import { type Statement } from '../database/sql-session.js';

/** `$1` and `$2` are the limits in seconds, idle and absolute. */
const SELECT_LIVE = `
  SELECT b.id, b.user_id AS "userId", u.username, b.auth_time AS "authTime", b.amr, b.acr,
    b.last_seen_at AS "lastSeenAt", b.user_agent AS "userAgent", b.address,
    b.last_seen_at < clock_timestamp() - interval '1 minute' AS "isStale"
  FROM browser_session b
  JOIN user_account u ON u.id = b.user_id
  CROSS JOIN server_state s
  WHERE b.last_seen_at > clock_timestamp() - make_interval(secs => $1)
    AND b.signed_in_at > clock_timestamp() - make_interval(secs => $2)
    AND u.status = 'active'
    AND (u.tokens_not_before IS NULL OR u.tokens_not_before < b.signed_in_at)
    AND (s.tokens_not_before IS NULL OR s.tokens_not_before < b.signed_in_at)`;

export const FIND_LIVE: Statement = {
  name: 'browser_session_find_live',
  text: `${SELECT_LIVE} AND b.cookie_hash = $3`,
};

export const LIST_LIVE: Statement = {
  name: 'browser_session_list_live',
  text: `${SELECT_LIVE} AND b.user_id = $3 ORDER BY b.last_seen_at DESC, b.id LIMIT $4`,
};

export const TOUCH: Statement = {
  name: 'browser_session_touch',
  text: 'UPDATE browser_session SET last_seen_at = clock_timestamp() WHERE id = $1',
};

export const INSERT: Statement = {
  name: 'browser_session_insert',
  text: `
    INSERT INTO browser_session (id, user_id, cookie_hash, auth_time, amr, acr, user_agent, address)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
};

export const RENEW: Statement = {
  name: 'browser_session_renew',
  text: `
    UPDATE browser_session SET cookie_hash = $3, auth_time = $4, amr = $5, acr = $6, user_agent = $7, address = $8,
      signed_in_at = clock_timestamp(), last_seen_at = clock_timestamp()
    WHERE id = $1 AND user_id = $2
    RETURNING id`,
};

export const LOCK: Statement = {
  name: 'browser_session_lock',
  text: 'SELECT id FROM browser_session WHERE id = $1 FOR UPDATE',
};

export const LOCK_BY_USER: Statement = {
  name: 'browser_session_lock_by_user',
  text: 'SELECT id FROM browser_session WHERE user_id = $1 ORDER BY id FOR UPDATE',
};

export const INSERT_LOGOUT_NOTICES: Statement = {
  name: 'logout_notice_insert',
  text: `
    INSERT INTO logout_notice (id, client_id, user_id, sid, session_id)
    SELECT gen_random_uuid(), c.client_id, b.user_id, c.sid, b.id
    FROM browser_session b
    JOIN browser_session_client c ON c.session_id = b.id
    JOIN client k ON k.id = c.client_id
    WHERE b.id = ANY($1::uuid[]) AND k.backchannel_logout_uri IS NOT NULL`,
};

export const DELETE: Statement = {
  name: 'browser_session_delete',
  text: 'DELETE FROM browser_session WHERE id = ANY($1::uuid[])',
};

/** The row of the session is locked, so that it is either noted before its end, or not at all. */
export const INSERT_CLIENT: Statement = {
  name: 'browser_session_client_insert',
  text: `
    INSERT INTO browser_session_client (session_id, client_id, sid)
    SELECT id, $2, $3 FROM browser_session WHERE id = $1 FOR KEY SHARE
    RETURNING session_id`,
};

export const DELETE_EXPIRED: Statement = {
  name: 'browser_session_delete_expired',
  text: `
    DELETE FROM browser_session WHERE id IN (
      SELECT id FROM browser_session
      WHERE signed_in_at < clock_timestamp() - make_interval(secs => $1)
      ORDER BY signed_in_at LIMIT $2)
    RETURNING id`,
};
