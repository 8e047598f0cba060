/**
 * The rows are made by Postgres itself, INSERT ... SELECT FROM generate_series: nothing crosses a connection, and
 * no COPY would be faster, since what takes the time is the four indexes. They stay in place, so that they end up
 * as full as indexes are that have grown in years.
 *
 * `run` makes ids and names of one filling differ from those of another. What Postgres calls random differs each
 * time; the numbers of rows do not.
 */

/** Of 15 families in a row: five users of 1, 2, 3, 4 and 5 families. */
const FAMILIES_OF_FIVE_USERS = 15;
const OWNERS = '{0,1,1,2,2,2,3,3,3,3,4,4,4,4,4}';
/** Spreads the families of a user over the table. Divides no number of families that anybody would ask for. */
const STRIDE = 2_147_483_647;
/** Client 0 is the busy one. */
export const OTHER_CLIENTS = 300;
const BUSY_SHARE = 0.7;

/** @param {number} families */
export function usersOf(families) {
  return Math.ceil(families / FAMILIES_OF_FIVE_USERS) * 5;
}

/**
 * For the session that fills: UUIDv7 (RFC 9562) from a time and a seed, and the id of a user by number. Postgres
 * has a function of its own from 18 on, but not for given bits.
 */
export const FUNCTIONS = `
  CREATE FUNCTION pg_temp.uuid_at(made_at timestamptz, seed text) RETURNS uuid LANGUAGE sql IMMUTABLE RETURN
    (lpad(to_hex((extract(epoch FROM made_at) * 1000)::bigint), 12, '0')
      || '7' || substr(md5(seed), 1, 3) || 'a' || substr(md5(seed), 4, 15))::uuid;
  CREATE FUNCTION pg_temp.user_id(run text, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE RETURN
    pg_temp.uuid_at(timestamptz '2025-01-01Z' + make_interval(secs => number), run || 'user' || number)`;

/** A client begins with a cutoff: what is older than its registration is dead. Ours have been here for a month. */
export const BACKDATE_CLIENTS = `
  UPDATE client SET tokens_not_before = NULL, created_at = created_at - interval '31 days'
  WHERE id = $2 OR starts_with(id, format('fill-%s-', $1::text))`;

/** Users `$2` to `$3`. */
export const INSERT_USERS = `
  INSERT INTO user_account (id, username)
  SELECT pg_temp.user_id($1, number), format('fill-%s-%s', $1, number) FROM generate_series($2::bigint, $3) number`;

/**
 * Families `$2` to `$3` of `$4`, issued evenly over the 30 days before `$5`, the oldest first, as they would be in a
 * table that has grown. One in ten expired at least two days ago; they are among those older than ten days. One in
 * fifty was revoked. The busy client is `$6`; every second of the others has a fixed expiry.
 */
export const INSERT_FAMILIES = `
  INSERT INTO token_family (id, user_id, client_id, key_version, token_hash, scopes, audiences, auth_time, amr,
    generation, issued_at, rotated_at, last_used_at, expires_at, revoked_at, revocation_reason)
  SELECT pg_temp.uuid_at(issued_at, $1 || 'family' || number),
    pg_temp.user_id($1, place / ${FAMILIES_OF_FIVE_USERS} * 5
      + ('${OWNERS}'::integer[])[1 + place % ${FAMILIES_OF_FIVE_USERS}]),
    CASE client WHEN 0 THEN $6 ELSE format('fill-%s-%s', $1, client) END,
    1, sha256(uuid_send(gen_random_uuid())), '{profile,email}', '{}', issued_at, '{pwd}',
    (age_share * 500)::integer, issued_at, used_at, used_at,
    CASE
      WHEN fate < 0.15 AND issued_at < $5 - interval '10 days'
        THEN issued_at + ($5 - interval '2 days' - issued_at) * age_share
      WHEN client % 2 = 1 THEN issued_at + interval '31 days'
      ELSE used_at + interval '14 days'
    END,
    CASE WHEN fate > 0.98 THEN used_at END, CASE WHEN fate > 0.98 THEN 'client_request' END
  FROM (
    SELECT *, $5 - LEAST($5 - issued_at, interval '13 days') * age_share AS used_at
    FROM (
      SELECT number, number * ${STRIDE} % $4::bigint AS place, random() AS fate, random() AS age_share,
        CASE WHEN random() < ${BUSY_SHARE} THEN 0 ELSE 1 + floor(random() * ${OTHER_CLIENTS})::integer END AS client,
        $5::timestamptz - interval '30 days' * (1 - number / $4::float8) AS issued_at
      FROM generate_series($2::bigint, $3) number) drawn) dated`;

/** `$2` families of client `$1` that can be refreshed, in no order, from all over the table. */
export const CHOOSE_FAMILIES = `
  SELECT id FROM token_family
  WHERE client_id = $1 AND revoked_at IS NULL AND expires_at > clock_timestamp() + interval '1 day'
  ORDER BY random() LIMIT $2`;

/** Gives families the hashes of tokens that are known, as their first ones. On the same page: a HOT update. */
export const SET_HASHES = `
  UPDATE token_family f SET token_hash = m.token_hash, key_version = $3, generation = 0, rotated_at = NULL
  FROM unnest($1::uuid[], $2::bytea[]) AS m (id, token_hash)
  WHERE f.id = m.id`;
