import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../test/support/free-port.js';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const START_TIMEOUT_MS = 60_000;

/**
 * The service under load.
 *
 * @typedef {{ port: number, pid: number, stop(): Promise<void> }} Service
 */

/**
 * What every process of a run's service is given: production with its own defaults, and no limit that the load
 * could meet.
 *
 * @param {{ databaseUrl: string, redisUrl: string, redisPrefix: string }} servers
 * @returns {Record<string, string>}
 */
export function serviceEnvironment({ databaseUrl, redisUrl, redisPrefix }) {
  return {
    NODE_ENV: 'production',
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    REDIS_KEY_PREFIX: redisPrefix,
    REGRANT_KEYS: `1:${randomBytes(32).toString('base64url')}`,
    // Access tokens name the issuer: the same one whichever port a process is on.
    ISSUER: 'https://auth.example.com',
    LOG_LEVEL: 'info',
  };
}

/**
 * Starts the built program in a process of its own. Its log goes nowhere, but is written.
 *
 * @param {Record<string, string>} environment
 * @param {readonly string[]} [nodeOptions]
 * @returns {Promise<Service>}
 */
export async function startService(environment, nodeOptions = []) {
  const port = await freePort();
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [...nodeOptions, MAIN], {
    cwd: tmpdir(),
    env: { PATH, HOME, ...environment, HTTP_PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
    // Of a group of its own, so that a Ctrl-C reaches us alone.
    detached: true,
  });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    await exit;
  };
  await untilReady(port, child).catch(async (error) => {
    await stop();
    throw error;
  });
  return { port, pid: child.pid ?? 0, stop };
}

/**
 * @param {number} port
 * @param {import('node:child_process').ChildProcess} child
 */
async function untilReady(port, child) {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const isReady = await fetch(`http://127.0.0.1:${port}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    if (child.exitCode !== null || Date.now() > deadline) throw new Error('the service did not start');
    await delay(50);
  }
}
