import { spread } from './statistics.mjs';

/**
 * A row with its rounds taken together. Rates a second, latencies in milliseconds, CPU in processors, memory in
 * bytes.
 *
 * @typedef {import('./statistics.mjs').Spread} Spread
 * @typedef {object} SummaryRow
 * @property {string} name
 * @property {string} title
 * @property {string} [yardstick]
 * @property {Spread} rate
 * @property {Spread} p50
 * @property {Spread} p99
 * @property {Record<string, Spread>} ratios of the rates, by yardstick
 * @property {number} errors in all rounds
 * @property {{ server?: Spread, load?: Spread, postgres?: Spread }} cpu
 * @property {{ server?: Spread, postgres?: Spread }} memory
 */

/**
 * @param {import('./benchmark.mjs').Results['rows']} rows
 * @returns {SummaryRow[]}
 */
export function summarize(rows) {
  const yardsticks = rows.filter(({ yardstick }) => yardstick !== undefined);
  return rows.map((row) => {
    const { name, title, yardstick, measurements } = row;
    /** @param {(measurement: import('./contestant.mjs').Measurement) => number | undefined} value */
    const over = (value) => spreadOfKnown(measurements.map(value));
    return {
      name,
      title,
      yardstick,
      rate: spread(measurements.map(({ rate }) => rate)),
      p50: spread(measurements.map(({ p50 }) => p50)),
      p99: spread(measurements.map(({ p99 }) => p99)),
      ratios: Object.fromEntries(yardsticks.map((other) => [other.yardstick, ratioOf(row, other)])),
      errors: measurements.reduce((sum, { errors }) => sum + errors, 0),
      cpu: {
        server: over(({ cpu }) => cpu.server),
        load: over(({ cpu }) => cpu.load),
        postgres: over(({ cpu }) => cpu.postgres),
      },
      memory: {
        server: over(({ memory }) => memory.server),
        postgres: over(({ memory }) => memory.postgres),
      },
    };
  });
}

/**
 * Round by round, so that both sides of each ratio are of the same minute.
 *
 * @param {import('./benchmark.mjs').Results['rows'][number]} row
 * @param {import('./benchmark.mjs').Results['rows'][number]} yardstick
 */
function ratioOf(row, yardstick) {
  return spread(row.measurements.map(({ rate }, round) => rate / yardstick.measurements[round].rate));
}

/** @param {(number | undefined)[]} values */
function spreadOfKnown(values) {
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 ? spread(known) : undefined;
}
