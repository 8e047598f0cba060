/**
 * @typedef {import('./statistics.mjs').Spread} Spread
 * @typedef {import('./summary.mjs').SummaryRow} SummaryRow
 */

const MEGABYTE = 1_048_576;

/**
 * The table of a run and what else is to be known of it, for a terminal. Each number is the median of the rounds,
 * with the least and the most of them where they differ.
 *
 * @param {import('./benchmark.mjs').Results} results
 * @param {readonly SummaryRow[]} rows
 */
export function renderReport({ machine, options, service, table, problems }, rows) {
  const yardsticks = rows.flatMap(({ yardstick }) => yardstick ?? []);
  const head = [
    'row',
    'rate /s',
    'p50 ms',
    'p99 ms',
    ...yardsticks.map((name) => `of ${name}`),
    'errors',
    'CPU server',
    'load',
    'Postgres',
    'MB server',
    'Postgres',
  ];
  const lines = alignColumns([head, ...rows.map((row) => cellsOf(row, yardsticks))]);
  return [
    inline(machine),
    inline({ ...options, ...service }),
    '',
    ...lines,
    '',
    `token_family: ${table.updates} updates, ${table.hot} of them HOT; ${megabytes(table.bytesBefore)} MB before, ${megabytes(table.bytesAfter)} MB after`,
    ...problems.map((problem) => `WRONG ${problem}`),
    '',
  ].join('\n');
}

/**
 * @param {SummaryRow} row
 * @param {readonly string[]} yardsticks
 */
function cellsOf({ title, rate, p50, p99, ratios, errors, cpu, memory }, yardsticks) {
  return [
    title,
    withRange(rate, (value) => String(Math.round(value))),
    p50.median.toFixed(1),
    p99.median.toFixed(1),
    ...yardsticks.map((name) => withRange(ratios[name], (value) => value.toFixed(2))),
    String(errors),
    medianOr(cpu.server, (value) => value.toFixed(2)),
    medianOr(cpu.load, (value) => value.toFixed(2)),
    medianOr(cpu.postgres, (value) => value.toFixed(2)),
    medianOr(memory.server, megabytes),
    medianOr(memory.postgres, megabytes),
  ];
}

/**
 * @param {Spread} spread
 * @param {(value: number) => string} format
 */
function withRange({ median, min, max }, format) {
  const [middle, least, most] = [median, min, max].map(format);
  return least === most ? middle : `${middle} (${least}-${most})`;
}

/**
 * @param {Spread | undefined} spread
 * @param {(value: number) => string} format
 */
function medianOr(spread, format) {
  return spread ? format(spread.median) : '-';
}

/** @param {number} bytes */
function megabytes(bytes) {
  return (bytes / MEGABYTE).toFixed(0);
}

/** @param {Record<string, string | number>} values */
function inline(values) {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

/**
 * The first column to the left, numbers to the right.
 *
 * @param {readonly string[][]} table
 */
function alignColumns(table) {
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  return table.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join('  '),
  );
}
