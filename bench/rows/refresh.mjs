import { wrongGenerations } from '../generations.mjs';
import { refreshing } from '../load/refreshing.mjs';

/** So many that each session rests for a while between two rotations, as it does in life. */
const SESSIONS = 4_096;

/**
 * The refresh token grant of a confidential client that rotates, chained.
 *
 * @type {import('../rows.mjs').Row}
 */
export const refresh = {
  name: 'refresh',
  title: 'refresh',
  families: ({ connections }) => Math.max(SESSIONS, connections),
  plan: (setting) => setting.target('rotating'),
  load: (work) =>
    refreshing(
      work,
      ({ refresh_token }, presented) =>
        typeof refresh_token === 'string' && refresh_token.startsWith('rgr_') && refresh_token !== presented,
    ),
  check: ({ database }, { families }, tally) => wrongGenerations(database.pool, families, tally),
};
