/** How long the built service takes to be ready, and what it weighs when nobody asks: `npm run bench:start`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { megabytes, residentBytes } from './memory.mjs';
import { startService } from './service.mjs';
import { Setting } from './setting.mjs';
import { spread } from './statistics.mjs';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, 'idle-seconds': { type: 'string', default: '40' } },
});

/** The yardstick: what Node.js takes to start and end by itself. */
async function bareNode() {
  const start = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
  return (performance.now() - start) / 1_000;
}

/** @param {Setting} setting */
async function startedOnce(setting) {
  const start = performance.now();
  const service = await startService(setting.environment);
  const seconds = (performance.now() - start) / 1_000;
  return { service, seconds };
}

/** @param {number[]} measurements */
function line(measurements) {
  const { median, min, max } = spread(measurements);
  return `${median.toFixed(2)} (${min.toFixed(2)}-${max.toFixed(2)})`;
}

const setting = await Setting.open({ connections: 1 });
try {
  // The first one migrates the database and makes the keys.
  await (await startedOnce(setting)).service.stop();
  const [ready, bare] = [[], []];
  for (let round = 0; round < Number(values.rounds); round += 1) {
    bare.push(await bareNode());
    const { service, seconds } = await startedOnce(setting);
    ready.push(seconds);
    await service.stop();
  }
  console.log(`ready after ${line(ready)} s, Node.js by itself takes ${line(bare)} s`);
  const { service } = await startedOnce(setting);
  await delay(Number(values['idle-seconds']) * 1_000);
  console.log(
    `idle for ${values['idle-seconds']} s: ${megabytes(await residentBytes(service.pid))} MiB resident`,
  );
  await service.stop();
} finally {
  await setting.close();
}
