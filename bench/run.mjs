/** The project's own benchmark: `npm run bench`. See docs/performance.md. */
import { writeFile } from 'node:fs/promises';
import { runBenchmark } from './benchmark.mjs';
import { renderChart } from './chart.mjs';
import { HELP, readOptions } from './options.mjs';
import { renderReport } from './report.mjs';
import { summarize } from './summary.mjs';

async function main() {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(HELP);
    return;
  }
  const results = await runBenchmark(options, (line) => process.stderr.write(`${line}\n`));
  const rows = summarize(results.rows);
  process.stdout.write(renderReport(results, rows));
  if (options.json) {
    await writeFile(options.json, `${JSON.stringify({ ...results, summary: rows }, null, 2)}\n`);
  }
  if (options.svg) await writeFile(options.svg, renderChart(rows, captionOf(results)));
  if (results.problems.length > 0) process.exitCode = 1;
}

/** @param {import('./benchmark.mjs').Results} results */
function captionOf({ date, machine, options }) {
  const { processors, node, server_version } = machine;
  return `${date.slice(0, 10)}, ${processors}, Node.js ${node}, Postgres ${server_version}, ${options.connections} connections`;
}

main().catch((error) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
