import { refresh } from './refresh.mjs';

/**
 * The same with a statement, and so a commit, for each rotation.
 *
 * @type {import('../rows.mjs').Row}
 */
export const refreshUnbatched = {
  ...refresh,
  name: 'refresh-unbatched',
  title: 'refresh, batching off',
  plan: (setting) => setting.target('rotating', { ROTATION_LANES: '0' }),
};
