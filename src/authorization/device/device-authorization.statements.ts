import { type Statement } from '../../database/sql-session.js';

export const INSERT: Statement = {
  name: 'device_insert',
  text: `
    INSERT INTO device_authorization
      (device_code_hash, user_code, client_id, scopes, audiences, poll_interval, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp() + make_interval(secs => $7))
    ON CONFLICT (user_code) DO NOTHING
    RETURNING user_code`,
};

export const FIND_PENDING: Statement = {
  name: 'device_find_pending',
  text: `
    SELECT d.user_code AS "userCode", d.client_id AS "clientId", d.scopes, d.audiences
    FROM device_authorization d JOIN client c ON c.id = d.client_id
    WHERE d.user_code = $1 AND d.status = 'pending' AND d.expires_at > clock_timestamp() AND c.enabled`,
};

/** One decision counts: the first. */
export const DECIDE: Statement = {
  name: 'device_decide',
  text: `
    UPDATE device_authorization d
    SET status = $2, user_id = $3, scopes = $4, auth_time = $5, amr = $6, acr = $7, decided_at = clock_timestamp()
    WHERE d.user_code = $1 AND d.status = 'pending' AND d.expires_at > clock_timestamp()
    RETURNING d.client_id`,
};

/** Single use, binding, expiry, and the state of client and user are one condition. */
export const CONSUME: Statement = {
  name: 'device_consume',
  text: `
    UPDATE device_authorization d SET status = 'consumed'
    FROM client c, user_account u, server_state s
    WHERE d.device_code_hash = $1 AND d.client_id = $2 AND d.status = 'approved'
      AND d.expires_at > clock_timestamp()
      AND c.id = d.client_id AND c.enabled AND (c.tokens_not_before IS NULL OR c.tokens_not_before < d.decided_at)
      AND u.id = d.user_id AND u.status = 'active'
      AND (u.tokens_not_before IS NULL OR u.tokens_not_before < d.decided_at)
      AND (s.tokens_not_before IS NULL OR s.tokens_not_before < d.decided_at)
    RETURNING d.user_id AS "userId", d.scopes, d.audiences, d.auth_time AS "authTime", d.amr, d.acr`,
};

/**
 * Notes that a device asked. One that asks too early waits 5 seconds more from now on; up to a second early is
 * the network's doing.
 */
export const POLL: Statement = {
  name: 'device_poll',
  text: `
    UPDATE device_authorization d
    SET last_polled_at = clock_timestamp(), poll_interval = d.poll_interval + CASE WHEN p.is_too_fast THEN 5 ELSE 0 END
    FROM (
      SELECT device_code_hash, COALESCE(
        last_polled_at > clock_timestamp() - make_interval(secs => greatest(poll_interval - 1, 0.5)), false) AS is_too_fast
      FROM device_authorization WHERE device_code_hash = $1 AND client_id = $2 FOR UPDATE) p
    WHERE d.device_code_hash = p.device_code_hash
    RETURNING d.status, d.expires_at <= clock_timestamp() AS "isExpired", p.is_too_fast AS "isTooFast"`,
};

/** By the index on the expiry. */
export const DELETE_EXPIRED: Statement = {
  name: 'device_delete_expired',
  text: `
    DELETE FROM device_authorization WHERE device_code_hash IN (
      SELECT device_code_hash FROM device_authorization
      WHERE expires_at < clock_timestamp() - make_interval(secs => $1)
      ORDER BY expires_at LIMIT $2)
    RETURNING 1`,
};
