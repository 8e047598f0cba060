import { wrongGenerations } from '../generations.mjs';
import { refreshing } from '../load/refreshing.mjs';

const SESSIONS = 4_096;

/**
 * The refresh token grant of a client that does not rotate: the same token again, and next to no writes.
 *
 * @type {import('../rows.mjs').Row}
 */
export const refreshUnrotated = {
  name: 'refresh-unrotated',
  title: 'refresh, rotation off',
  client: 'unrotated',
  families: ({ connections }) => Math.max(SESSIONS, connections),
  plan: (setting) => setting.target('unrotated'),
  load: (work) => refreshing(work, ({ refresh_token }, presented) => refresh_token === presented),
  check: ({ database }, { families }) =>
    wrongGenerations(
      database.pool,
      families,
      families.map(() => 0),
    ),
};
