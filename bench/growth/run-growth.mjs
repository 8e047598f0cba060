import { cpus } from 'node:os';
import { openPostgres } from '../servers.mjs';
import { median } from '../statistics.mjs';
import { summarize } from '../summary.mjs';
import { Candidate } from './candidate.mjs';
import { purgeUnderLoad } from './purge-under-load.mjs';

/** What the sizes are compared with. */
export const SMALLEST = 'smallest';

/**
 * A size with its rounds taken together.
 *
 * @typedef {object} SizeResult
 * @property {{ families: number, sessions: number, fillSeconds: number }} facts
 * @property {import('../summary.mjs').SummaryRow} refresh
 * @property {import('../summary.mjs').SummaryRow} introspect
 * @property {{ service?: number, postgres?: number }} times processor time that a refresh takes, in seconds: what does
 *   not depend on how much of the machine others use
 * @property {number[]} walPerRefresh bytes, by round
 * @property {import('./table.mjs').TableState} before
 * @property {import('./table.mjs').TableState} after
 *
 * @typedef {object} GrowthResults
 * @property {string} date ISO 8601
 * @property {Record<string, string | number>} machine
 * @property {import('./options.mjs').GrowthOptions} options
 * @property {SizeResult[]} sizes
 * @property {{ count: number, before: import('./table.mjs').TableState, after: import('./table.mjs').TableState }} rotations
 * @property {import('./purge-under-load.mjs').PurgeResult} purge
 * @property {string[]} problems
 */

/**
 * @param {import('./options.mjs').GrowthOptions} options
 * @param {(line: string) => void} progress
 * @returns {Promise<GrowthResults>}
 */
export async function runGrowth(options, progress) {
  const postgres = await openPostgres();
  /** @type {Candidate[]} */
  const candidates = [];
  const close = async () => {
    for (const candidate of candidates) await candidate.setting.close();
    await postgres.stop();
  };
  const interrupt = () => void close().finally(() => process.exit(130));
  process.once('SIGINT', interrupt);
  try {
    for (const size of options.sizes) {
      progress(`filling ${size} families`);
      candidates.push(await Candidate.open(postgres.url, size, options));
    }
    await takeTurns(candidates, options, progress);
    const sizes = await resultsOf(candidates);
    const largest = candidates[candidates.length - 1];
    const machine = await describeMachine(largest);
    const rotations = await rotate(largest, options, progress);
    const purge = await purgeUnderLoad(largest, options.seconds, progress);
    const problems = [];
    for (const candidate of candidates) problems.push(...(await candidate.problems()));
    return { date: new Date().toISOString(), machine, options, sizes, rotations, purge, problems };
  } finally {
    process.off('SIGINT', interrupt);
    await close();
  }
}

/**
 * To and fro, so that a machine that slows down in a round favours no size.
 *
 * @param {readonly Candidate[]} candidates
 * @param {import('./options.mjs').GrowthOptions} options
 * @param {(line: string) => void} progress
 */
async function takeTurns(candidates, { rounds, seconds }, progress) {
  for (let round = 1; round <= rounds; round += 1) {
    for (const candidate of round % 2 === 1 ? candidates : candidates.toReversed()) {
      await candidate.takeTurn(seconds);
      const [refresh, introspect] = [candidate.refresh, candidate.introspect].map(({ measurements }) =>
        Math.round(measurements[measurements.length - 1].rate),
      );
      progress(
        `round ${round} of ${rounds}  ${candidate.facts.families} families: ${refresh} refreshes/s, ${introspect} introspections/s`,
      );
    }
  }
}

/**
 * @param {readonly Candidate[]} candidates
 * @returns {Promise<SizeResult[]>}
 */
async function resultsOf(candidates) {
  const refreshes = summarizeSizes(candidates.map(({ refresh }) => refresh));
  const introspections = summarizeSizes(candidates.map(({ introspect }) => introspect));
  const results = [];
  for (const [index, candidate] of candidates.entries()) {
    const { facts, walPerRefresh, filled: before } = candidate;
    const [refresh, introspect] = [refreshes[index], introspections[index]];
    const times = { service: timeEach(candidate, 'server'), postgres: timeEach(candidate, 'postgres') };
    const after = await candidate.state();
    results.push({ facts, refresh, introspect, times, walPerRefresh, before, after });
  }
  return results;
}

/**
 * @param {Candidate} candidate
 * @param {'server' | 'postgres'} whose
 */
function timeEach({ refresh: { measurements } }, whose) {
  const times = measurements.map(({ cpu, rate }) => (cpu[whose] ?? NaN) / rate);
  return times.some(Number.isNaN) ? undefined : median(times);
}

/**
 * @param {readonly import('../contestant.mjs').Contestant[]} contestants of one row, the smallest size first
 * @returns {import('../summary.mjs').SummaryRow[]} each compared with the smallest, round by round
 */
function summarizeSizes(contestants) {
  return summarize(
    contestants.map(({ row: { name, title }, measurements }, index) => {
      return { name, title, yardstick: index === 0 ? SMALLEST : undefined, measurements };
    }),
  );
}

/**
 * At least as many as are asked for, in slices as long as a turn.
 *
 * @param {Candidate} candidate
 * @param {import('./options.mjs').GrowthOptions} options
 * @param {(line: string) => void} progress
 */
async function rotate(candidate, { rotations: wanted, seconds }, progress) {
  const before = await candidate.state();
  const start = await candidate.rotations();
  let count = 0;
  while (count < wanted) {
    const { rate } = await candidate.refresh.measure(seconds);
    count = (await candidate.rotations()) - start;
    progress(`${count} of ${wanted} rotations, ${Math.round(rate)}/s`);
  }
  return { count, before, after: await candidate.state() };
}

/** @param {Candidate} candidate */
async function describeMachine({ setting: { database } }) {
  const processors = cpus();
  return {
    processors: `${processors.length} x ${processors[0]?.model.trim() ?? 'unknown'}`,
    node: process.version,
    commit_ms: Number((await database.commitTime()).toFixed(2)),
    ...(await database.settings()),
  };
}
