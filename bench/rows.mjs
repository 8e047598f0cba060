import { bareGet } from './rows/bare-get.mjs';
import { barePost } from './rows/bare-post.mjs';
import { bareProxy } from './rows/bare-proxy.mjs';
import { clientCredentials } from './rows/client-credentials.mjs';
import { gateway } from './rows/gateway.mjs';
import { introspect } from './rows/introspect.mjs';
import { nginxProxy } from './rows/nginx-proxy.mjs';
import { refresh } from './rows/refresh.mjs';
import { refreshTwoWorkers } from './rows/refresh-two-workers.mjs';
import { refreshUnbatched } from './rows/refresh-unbatched.mjs';
import { refreshUnrotated } from './rows/refresh-unrotated.mjs';
import { revoke } from './rows/revoke.mjs';
import { update } from './rows/update.mjs';

/**
 * A server as a load generator is told of it, see `Setting.target`.
 *
 * @typedef {{ port: number, pid: number, credentials: { id: string, secret: string } }} Target
 *
 * What is sent to a load generator: its families and connections, and what the row's `plan` answered. It must
 * survive structured cloning; `pid`, where there is one, is the server to be measured.
 *
 * @typedef {{ families: import('./fixture.mjs').Family[], connections: number, pid?: number } & Record<string, any>} Work
 *
 * The load of a row, in the process of its load generator.
 *
 * @typedef {object} Load
 * @property {(seconds: number) => Promise<import('./load/drive.mjs').Slice>} slice
 * @property {() => unknown} [tally] what it did in all slices, for `check`
 *
 * What the number of families depends on: the seconds of load in the whole run, and the connections.
 *
 * @typedef {{ loadSeconds: number, connections: number }} Extent
 *
 * A line of the benchmark. `plan` and `check` run in the main process, `load` in that of the load generator. A
 * row with a `yardstick` is what others are compared with, under that name; an extra one runs only where
 * `--only` names it. `check` compares the table with the tally and answers what is wrong.
 *
 * @typedef {object} Row
 * @property {string} name as `--only` has it
 * @property {string} title
 * @property {string} [yardstick]
 * @property {boolean} [isExtra]
 * @property {'rotating' | 'unrotated'} [client] whose families they are; the first where it is left out
 * @property {(extent: Extent) => number} families how many to begin
 * @property {(setting: import('./setting.mjs').Setting, work: Work) => Promise<object>} plan
 * @property {(work: any) => Load} load
 * @property {(setting: import('./setting.mjs').Setting, work: Work, tally: any) => Promise<string[]>} [check]
 */

/** Every row, in the order of the table. A new one is a file in `rows/` and its name here. @type {Row[]} */
export const ROWS = [
  refresh,
  refreshTwoWorkers,
  refreshUnbatched,
  refreshUnrotated,
  clientCredentials,
  introspect,
  revoke,
  update,
  barePost,
  bareGet,
  gateway,
  bareProxy,
  nginxProxy,
];

/** @param {string} name */
export function rowNamed(name) {
  const row = ROWS.find((candidate) => candidate.name === name);
  if (!row)
    throw new Error(`no row is called ${name}: there are ${ROWS.map((known) => known.name).join(', ')}`);
  return row;
}
