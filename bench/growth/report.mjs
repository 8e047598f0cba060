import { median } from '../statistics.mjs';
import { SMALLEST } from './run-growth.mjs';

const MEGABYTE = 1_048_576;

/**
 * @typedef {import('./run-growth.mjs').GrowthResults} GrowthResults
 * @typedef {import('./run-growth.mjs').SizeResult} SizeResult
 */

/**
 * @param {GrowthResults} results
 * @returns {string} Markdown
 */
export function renderGrowth({ date, machine, options, sizes, rotations, purge, problems }) {
  const layout = options.partitioned ? ', 16 partitions' : '';
  return [
    `${date.slice(0, 10)}: ${inline(machine)}.`,
    `${options.rounds} rounds of ${options.seconds} s, ${options.connections} connections${layout}.`,
    '',
    ...renderTable([
      ['families', ...sizes.map(({ facts }) => thousands(facts.families))],
      ['refreshes a second', ...sizes.map(({ refresh }) => withRange(refresh.rate))],
      ['of those at the smallest size', ...sizes.map(({ refresh }) => shareOf(refresh))],
      ['p50, p99 of a refresh, ms', ...sizes.map(({ refresh }) => latencies(refresh))],
      ['introspections a second', ...sizes.map(({ introspect }) => withRange(introspect.rate))],
      ['p50, p99 of an introspection, ms', ...sizes.map(({ introspect }) => latencies(introspect))],
      ['processor time a refresh, µs: service', ...sizes.map(({ times }) => microseconds(times.service))],
      ['Postgres', ...sizes.map(({ times }) => microseconds(times.postgres))],
      ['sessions refreshed', ...sizes.map(({ facts }) => thousands(facts.sessions))],
      ['log a refresh, KB', ...sizes.map(({ walPerRefresh }) => (median(walPerRefresh) / 1_024).toFixed(1))],
      ['HOT share of updates', ...sizes.map(hotShare)],
      ['blocks found in shared_buffers', ...sizes.map(hitRatio)],
      ['table, MB', ...sizes.map(({ before, after }) => beforeAndAfter(before.heapBytes, after.heapBytes))],
      ...Object.keys(sizes[0].after.indexBytes).map((name) => [
        `${name}, MB`,
        ...sizes.map(({ before, after }) => beforeAndAfter(before.indexBytes[name], after.indexBytes[name])),
      ]),
      ['bytes a family, indexes and all', ...sizes.map(bytesPerFamily)],
      ['filled in, s', ...sizes.map(({ facts }) => facts.fillSeconds.toFixed(0))],
    ]),
    '',
    `${thousands(rotations.count)} rotations more at the largest size: table ${beforeAndAfter(rotations.before.heapBytes, rotations.after.heapBytes)} MB, ` +
      `indexes ${beforeAndAfter(indexTotal(rotations.before), indexTotal(rotations.after))} MB; ` +
      `${thousands(rotations.after.hot - rotations.before.hot)} of ${thousands(rotations.after.updates - rotations.before.updates)} updates HOT.`,
    '',
    ...renderTable([
      ['purge at the largest size', 'before', 'during', 'after'],
      ['refreshes a second', ...loads(purge).map(({ rate }) => thousands(rate))],
      ['p99 of a refresh, ms', ...loads(purge).map(({ p99 }) => p99.toFixed(1))],
      ['turns', ...loads(purge).map(({ turns }) => String(turns))],
    ]),
    '',
    `${thousands(purge.deleted)} families deleted in ${purge.seconds.toFixed(0)} s.`,
    ...problems.map((problem) => `WRONG ${problem}`),
    '',
  ].join('\n');
}

/** @param {readonly string[][]} rows the first one is the head */
function renderTable([head, ...rows]) {
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? '---' : '--:'))), ...rows.map(line)];
}

/** @param {SizeResult} size */
function hotShare({ before, after }) {
  return ((after.hot - before.hot) / (after.updates - before.updates)).toFixed(4);
}

/** @param {SizeResult} size */
function hitRatio({ before, after }) {
  const [hits, reads] = [after.hits - before.hits, after.reads - before.reads];
  return (hits / (hits + reads)).toFixed(4);
}

/** @param {SizeResult} size */
function bytesPerFamily({ facts, before }) {
  return ((before.heapBytes + indexTotal(before)) / facts.families).toFixed(0);
}

/** @param {import('./table.mjs').TableState} state */
function indexTotal({ indexBytes }) {
  return Object.values(indexBytes).reduce((sum, bytes) => sum + bytes, 0);
}

/** @param {import('./purge-under-load.mjs').PurgeResult} purge */
function loads({ before, during, after }) {
  return [before, during, after];
}

/** @param {import('../summary.mjs').SummaryRow} row */
function shareOf({ ratios: { [SMALLEST]: ratio } }) {
  const [middle, least, most] = [ratio.median, ratio.min, ratio.max].map((share) => share.toFixed(2));
  return least === most ? middle : `${middle} (${least}-${most})`;
}

/** @param {import('../summary.mjs').SummaryRow} row */
function latencies({ p50, p99 }) {
  return `${p50.median.toFixed(1)}, ${p99.median.toFixed(1)}`;
}

/** @param {number | undefined} seconds */
function microseconds(seconds) {
  return seconds === undefined ? '-' : (seconds * 1_000_000).toFixed(0);
}

/** @param {import('../statistics.mjs').Spread} spread */
function withRange({ median: middle, min, max }) {
  return `${thousands(middle)} (${thousands(min)}-${thousands(max)})`;
}

/**
 * @param {number} before bytes
 * @param {number} after
 */
function beforeAndAfter(before, after) {
  const [first, last] = [before, after].map((bytes) => thousands(bytes / MEGABYTE));
  return first === last ? first : `${first} -> ${last}`;
}

/** @param {number} value */
function thousands(value) {
  return Math.round(value).toLocaleString('en-US');
}

/** @param {Record<string, string | number>} values */
function inline(values) {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
