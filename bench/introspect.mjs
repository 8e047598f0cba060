/** Introspection in one line: `npm run bench:introspect`. */
import { runBenchmark } from './benchmark.mjs';
import { HELP, readOptions } from './options.mjs';
import { summarize } from './summary.mjs';

/** Behind what was given, so that they win. */
const ROWS = ['--only', 'introspect,bare-get'];

async function main() {
  const options = readOptions([...process.argv.slice(2), ...ROWS]);
  if (options.help) {
    process.stdout.write(HELP);
    return;
  }
  const results = await runBenchmark(options, () => undefined);
  const [{ rate, p99, ratios }] = summarize(results.rows);
  const { median, min, max } = ratios.GET;
  process.stdout.write(
    `introspect: ${Math.round(rate.median)}/s, p99 ${p99.median.toFixed(1)} ms, ` +
      `${median.toFixed(2)} (${min.toFixed(2)}-${max.toFixed(2)}) of a bare GET on the same server\n`,
  );
  for (const problem of results.problems) process.stderr.write(`WRONG ${problem}\n`);
  if (results.problems.length > 0) process.exitCode = 1;
}

main().catch((error) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
