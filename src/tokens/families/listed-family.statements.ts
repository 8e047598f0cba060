import { type Statement } from '../../database/sql-session.js';
import { type FamilyFilter } from './listed-family.js';

/**
 * How families fare, as `ListedFamily` has it. `$1` is the server's absolute lifetime in seconds, 0 for none.
 *
 * The same rules as those of a rotation, for looking at: an admin's page must not say that a family lives which can't
 * be refreshed.
 */
const from = (source: string): string => `
  FROM ${source} f
  CROSS JOIN server_state s
  LEFT JOIN client c ON c.id = f.client_id
  LEFT JOIN user_account u ON u.id = f.user_id
  CROSS JOIN LATERAL (
    SELECT
      LEAST(f.expires_at, f.issued_at + make_interval(secs =>
        NULLIF(COALESCE((c.token_policy->>'absolute_lifetime')::integer, $1::integer), 0))) AS expires_at,
      CASE
        WHEN s.tokens_not_before >= f.issued_at THEN 'all_tokens_revoked'
        WHEN c.id IS NULL THEN 'client_deleted'
        WHEN NOT c.enabled THEN 'client_disabled'
        WHEN c.tokens_not_before >= f.issued_at THEN 'client_tokens_revoked'
        WHEN u.id IS NULL THEN 'user_deleted'
        WHEN u.status <> 'active' THEN 'user_disabled'
        WHEN u.tokens_not_before >= f.issued_at THEN 'user_tokens_revoked'
      END AS ended_by) e
  CROSS JOIN LATERAL (
    SELECT CASE
      WHEN f.revoked_at IS NOT NULL THEN 'revoked'
      WHEN e.expires_at <= clock_timestamp() THEN 'expired'
      WHEN e.ended_by IS NOT NULL THEN 'ended'
      ELSE 'live'
    END AS status) x`;

const COLUMNS = `f.id, f.user_id, u.username, f.client_id, c.name AS client_name, f.scopes, f.audiences, x.status,
  e.ended_by, f.issued_at, f.generation, f.rotated_at, f.last_used_at, e.expires_at, f.revoked_at, f.revocation_reason,
  f.auth_time, f.amr, f.acr, f.dpop_jkt, f.dpop_bound_generation, f.browser_session_id, f.offline, f.user_agent,
  f.signed_in_address, f.last_used_address`;

export const FIND_LISTED: Statement = {
  name: 'listed_family_find',
  text: `SELECT ${COLUMNS} ${from('token_family')} WHERE f.id = $2`,
};

/** Up to `$2` families of the client `$3`, the newest, how many of them live, and how many would under other rules. */
export const COUNT_LIVE: Statement = {
  name: 'listed_family_count_live',
  text: `
    SELECT count(*)::integer AS scanned,
      count(*) FILTER (WHERE n.status = 'live')::integer AS live,
      count(*) FILTER (WHERE n.status = 'live'
        AND n.issued_at + make_interval(secs => NULLIF($4::integer, 0)) <= clock_timestamp())::integer AS would_end
    FROM (
      SELECT x.status, f.issued_at
      ${from('(SELECT * FROM token_family WHERE client_id = $3 ORDER BY id DESC LIMIT $2)')}) n`,
};

/** A range of ids, from the first to below the second. */
export interface IdRange {
  readonly from: string;
  readonly below: string;
}

type Query = readonly [statement: Statement, values: readonly unknown[]];

/** The id of the last of `count` families that an index gives, newest first: none where there are fewer. */
export function edgeQuery(filter: FamilyFilter, range: IdRange, count: number): Query {
  const { name, condition, values } = indexConditionOf(filter, range, 0);
  const text = `SELECT f.id FROM token_family f WHERE ${condition} ORDER BY f.id DESC OFFSET $${values.length + 1} LIMIT 1`;
  return [{ name: `listed_family_edge_${name}`, text }, [...values, count - 1]];
}

/** Up to `limit` families of the range that the filter lets pass, newest first. */
export function pageQuery(
  filter: FamilyFilter,
  range: IdRange,
  limit: number,
  absoluteLifetime: number,
): Query {
  const { name, condition, values } = indexConditionOf(filter, range, 1);
  const at = values.length + 2;
  const text = `
    SELECT ${COLUMNS} ${from('token_family')}
    WHERE ${condition} AND ($${at}::text IS NULL OR f.client_id = $${at}) AND ($${at + 1}::text IS NULL OR x.status = $${at + 1})
    ORDER BY f.id DESC LIMIT $${at + 2}`;
  const { clientId = null, status = null } = filter;
  return [
    { name: `listed_family_page_${name}`, text },
    [absoluteLifetime, ...values, clientId, status, limit],
  ];
}

/** What one of the indexes decides by itself: those on the user, on the client, and on the id alone. */
function indexConditionOf({ userId, clientId }: FamilyFilter, { from, below }: IdRange, offset: number) {
  const range = `f.id >= $${offset + 1} AND f.id < $${offset + 2}`;
  if (userId !== undefined)
    return {
      name: 'by_user',
      condition: `${range} AND f.user_id = $${offset + 3}`,
      values: [from, below, userId],
    };
  if (clientId !== undefined)
    return {
      name: 'by_client',
      condition: `${range} AND f.client_id = $${offset + 3}`,
      values: [from, below, clientId],
    };
  return { name: 'all', condition: range, values: [from, below] };
}
