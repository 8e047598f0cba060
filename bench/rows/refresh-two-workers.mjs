import { refresh } from './refresh.mjs';

/**
 * The same with two processes on the port.
 *
 * @type {import('../rows.mjs').Row}
 */
export const refreshTwoWorkers = {
  ...refresh,
  name: 'refresh-two-workers',
  title: 'refresh, 2 workers',
  plan: (setting) => setting.target('rotating', { WORKERS: '2' }),
};
