/**
 * Refreshes without a pause for minutes: `npm run bench:soak -- --minutes 10`.
 *
 * Exits with 1 when an answer was wrong, when the table does not agree with the answers, or when the memory of the
 * service grew by more than a tenth in the second half.
 */
import { parseArgs } from 'node:util';
import { Contestant } from './contestant.mjs';
import { growthOf, megabytes, residentBytes } from './memory.mjs';
import { refresh } from './rows/refresh.mjs';
import { Setting } from './setting.mjs';

const CONNECTIONS = 64;
const SLICE_SECONDS = 5;
const MAX_GROWTH = 0.1;

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
const slices = Math.ceil((Number(values.minutes) * 60) / SLICE_SECONDS);

const setting = await Setting.open({ connections: CONNECTIONS });
try {
  const clientId = setting.clients.rotating.id;
  const count = refresh.families({ loadSeconds: slices * SLICE_SECONDS, connections: CONNECTIONS });
  const [families] = await setting.families([{ clientId, count }]);
  const contestant = await Contestant.enrol(setting, refresh, families);
  const samples = [];
  for (let slice = 0; slice < slices; slice += 1) {
    await contestant.measure(SLICE_SECONDS);
    samples.push(await residentBytes(contestant.work.pid));
  }
  await contestant.check();
  const growth = growthOf(samples);
  const refreshes = contestant.measurements.reduce((sum, { rate }) => sum + rate * SLICE_SECONDS, 0);
  const problems = contestant.problems;
  console.log(
    `${values.minutes} minutes, ${Math.round(refreshes)} refreshes, ${problems.length} problems; memory at the most ` +
      `${megabytes(Math.max(...samples))} MiB, in the end ${megabytes(samples.at(-1))} MiB, growth ${(growth * 100).toFixed(1)} %`,
  );
  for (const problem of problems) console.error(`WRONG ${problem}`);
  // A process needs some minutes until it takes no more.
  const hasGrown = Number(values.minutes) >= 5 && growth > MAX_GROWTH;
  if (problems.length > 0 || hasGrown) process.exitCode = 1;
} finally {
  await setting.close();
}
