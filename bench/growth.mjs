/** How rates and sizes change as the families grow in number: `npm run bench:growth`. See docs/growth.md. */
import { writeFile } from 'node:fs/promises';
import { HELP, readOptions } from './growth/options.mjs';
import { renderGrowth } from './growth/report.mjs';
import { runGrowth } from './growth/run-growth.mjs';

async function main() {
  const options = readOptions();
  if (options.help) {
    process.stdout.write(HELP);
    return;
  }
  const results = await runGrowth(options, (line) => process.stderr.write(`${line}\n`));
  process.stdout.write(renderGrowth(results));
  if (options.json) await writeFile(options.json, `${JSON.stringify(results, null, 2)}\n`);
  if (results.problems.length > 0) process.exitCode = 1;
}

main().catch((error) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
