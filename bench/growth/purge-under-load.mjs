import { median } from '../statistics.mjs';

/** Turns before and after, which the purge is compared with. */
const TURNS_WITHOUT = 3;

/**
 * A refresh load over some turns: medians.
 *
 * @typedef {{ rate: number, p99: number, turns: number }} Load
 *
 * @typedef {object} PurgeResult
 * @property {number} seconds
 * @property {number} deleted families
 * @property {Load} before
 * @property {Load} during
 * @property {Load} after
 * @property {number} heapBytes of the table then: a purge gives nothing back, but room for the families to come
 */

/**
 * Has another replica sweep away what is over, refreshing all the while.
 *
 * @param {import('./candidate.mjs').Candidate} candidate
 * @param {number} seconds of a turn
 * @param {(line: string) => void} progress
 * @returns {Promise<PurgeResult>}
 */
export async function purgeUnderLoad(candidate, seconds, progress) {
  const families = await countFamilies(candidate);
  const before = await load(candidate, seconds, (turns) => turns >= TURNS_WITHOUT);
  progress(`purging under load; ${Math.round(before.rate)} refreshes/s before`);
  const { setting } = candidate;
  const program = setting.program('growth/purge-program.mjs', { ...setting.environment, LOG_LEVEL: 'warn' });
  let isOver = false;
  const purged = program.ask('purge').finally(() => {
    isOver = true;
  });
  const [during, purgeSeconds] = await Promise.all([load(candidate, seconds, () => isOver), purged]);
  await program.stop();
  progress(
    `purged in ${Math.round(purgeSeconds)} s; ${Math.round(during.rate)} refreshes/s, p99 ${during.p99.toFixed(1)} ms`,
  );
  const after = await load(candidate, seconds, (turns) => turns >= TURNS_WITHOUT);
  const deleted = families - (await countFamilies(candidate));
  const { heapBytes } = await candidate.state();
  return { seconds: purgeSeconds, deleted, before, during, after, heapBytes };
}

/**
 * @param {import('./candidate.mjs').Candidate} candidate
 * @param {number} seconds
 * @param {(turns: number) => boolean} isEnough
 * @returns {Promise<Load>}
 */
async function load({ refresh }, seconds, isEnough) {
  const turns = [];
  do turns.push(await refresh.measure(seconds));
  while (!isEnough(turns.length));
  const over = (/** @type {'rate' | 'p99'} */ value) => median(turns.map((turn) => turn[value]));
  return { rate: over('rate'), p99: over('p99'), turns: turns.length };
}

/** @param {import('./candidate.mjs').Candidate} candidate */
async function countFamilies({ pool }) {
  const { rows } = await pool.query('SELECT count(*)::float8 AS families FROM token_family');
  return rows[0].families;
}
