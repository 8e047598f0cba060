import { type Pool } from 'pg';

const MONTH = 30 * 86_400;

/** What to fill the family table with. */
export interface ManyFamilies {
  readonly count: number;
  /** Owners in turn; where there are fewer than families, each has several. */
  readonly users: number;
  readonly clientId: string;
  /** One in so many is revoked; 0 for none. */
  readonly revokedOneIn?: number;
}

/**
 * Fills the table quickly: families of a month, the oldest first, with ids that tell their age as real ones do.
 *
 * @returns the id of the first user
 */
export async function fillFamilies(
  pool: Pool,
  { count, users, clientId, revokedOneIn = 0 }: ManyFamilies,
): Promise<string> {
  await pool.query(
    `INSERT INTO token_family (id, user_id, client_id, key_version, token_hash, scopes, audiences, auth_time,
       issued_at, expires_at, revoked_at)
     SELECT (lpad(to_hex((extract(epoch FROM issued_at) * 1000)::bigint), 12, '0') || '7000a'
         || lpad(to_hex(number), 15, '0'))::uuid,
       lpad(to_hex(number % $2), 32, '0')::uuid, $3, 1, '\\x00', '{}', '{}', issued_at, issued_at,
       now() + interval '1 day', CASE WHEN $4 > 0 AND number % $4 = 0 THEN now() END
     FROM (SELECT number, now() - make_interval(secs => $5 * (1 - number / $1::float8)) AS issued_at
       FROM generate_series(1, $1::integer) number) n`,
    [count, users, clientId, revokedOneIn, MONTH],
  );
  await pool.query(
    `INSERT INTO user_account (id, username)
     SELECT lpad(to_hex(number), 32, '0')::uuid, 'filled-' || number FROM generate_series(0, $1::integer - 1) number
     ON CONFLICT DO NOTHING`,
    [users],
  );
  await pool.query(`UPDATE client SET tokens_not_before = NULL WHERE id = $1`, [clientId]);
  await pool.query('VACUUM ANALYZE token_family');
  await pool.query('ANALYZE user_account');
  return '00000000-0000-0000-0000-000000000000';
}
