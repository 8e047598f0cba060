import { createHistogram, performance } from 'node:perf_hooks';

/** What a turn answers when there is nothing more to do. */
export const NOTHING_LEFT = Symbol('nothing left');
const MOST_EXAMPLES = 5;

/**
 * One exchange with the server, from request to judged answer: what was wrong with it, if anything.
 *
 * @typedef {() => Promise<string | undefined | typeof NOTHING_LEFT>} Turn
 */

/**
 * What a slice of load came to.
 *
 * @typedef {object} Slice
 * @property {number} answers
 * @property {number} seconds from the first request to the last answer
 * @property {number} p50 milliseconds
 * @property {number} p99 milliseconds
 * @property {number} errors wrong answers
 * @property {string[]} examples of what was wrong
 * @property {number} cpu processors used by this process
 */

/**
 * Takes turns, of each kind one after the other, for so many seconds, and waits for the last answers: nothing
 * is left under way.
 *
 * @param {readonly Turn[]} turns one for each connection
 * @param {number} seconds
 * @returns {Promise<Slice>}
 */
export async function drive(turns, seconds) {
  const latency = createHistogram();
  /** @type {string[]} */
  const problems = [];
  const cpu = process.cpuUsage();
  const start = performance.now();
  const end = start + seconds * 1_000;
  const keepTaking = async (/** @type {Turn} */ turn) => {
    for (let before = start; before < end;) {
      const outcome = await turn();
      if (outcome === NOTHING_LEFT) return;
      const after = performance.now();
      latency.record(Math.max(1, Math.round((after - before) * 1_000)));
      if (outcome !== undefined) problems.push(outcome);
      before = after;
    }
  };
  await Promise.all(turns.map(keepTaking));
  const elapsed = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return {
    answers: latency.count,
    seconds: elapsed / 1_000,
    p50: latency.percentile(50) / 1_000,
    p99: latency.percentile(99) / 1_000,
    errors: problems.length,
    examples: problems.slice(0, MOST_EXAMPLES),
    cpu: (user + system) / 1_000 / elapsed,
  };
}
