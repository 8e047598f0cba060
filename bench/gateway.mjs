/** The gateway beside other proxies: `npm run bench:gateway`. See docs/performance.md. */
import { writeFile } from 'node:fs/promises';
import { runBenchmark } from './benchmark.mjs';
import { HELP, readOptions } from './options.mjs';
import { nginxProgram } from './proxies/nginx.mjs';
import { renderReport } from './report.mjs';
import { summarize } from './summary.mjs';

const ROWS = ['gateway', 'bare-proxy'];
/** Of the rate of the bare library: what the gateway is meant to reach. */
const AIM = 0.7;

async function main() {
  const given = process.argv.slice(2);
  if (readOptions(given).help) {
    process.stdout.write(HELP);
    return;
  }
  // Behind what was given, so that they win.
  const options = readOptions([...given, '--only', [...ROWS, ...nginxRow()].join(',')]);
  const results = await runBenchmark(options, (line) => process.stderr.write(`${line}\n`));
  const rows = summarize(results.rows);
  process.stdout.write(`${renderReport(results, rows)}\n${aimLine(rows[0].ratios['reply-from'])}\n`);
  if (options.json) {
    await writeFile(options.json, `${JSON.stringify({ ...results, summary: rows }, null, 2)}\n`);
  }
  if (results.problems.length > 0) process.exitCode = 1;
}

/** @returns {string[]} none where nginx can't be had */
function nginxRow() {
  try {
    nginxProgram();
    return ['nginx-proxy'];
  } catch (error) {
    process.stderr.write(`nginx is left out: ${error instanceof Error ? error.message : String(error)}\n`);
    return [];
  }
}

/**
 * A noisy machine must fail nobody: it is only told.
 *
 * @param {import('./statistics.mjs').Spread} spread
 */
function aimLine({ median, min, max }) {
  const verdict = median >= AIM ? 'reached' : 'not reached';
  const range = `${min.toFixed(2)}-${max.toFixed(2)}`;
  return `gateway: ${median.toFixed(2)} (${range}) of the bare library; the aim of ${AIM.toFixed(2)} is ${verdict}`;
}

main().catch((error) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
