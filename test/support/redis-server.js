import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { programOrInstall } from './apt-program.js';
import { freePort } from './free-port.js';

const PROGRAMS = ['redis-server', 'valkey-server'];
const START_TIMEOUT_MS = 10_000;

/**
 * A Redis of a test's own.
 *
 * @typedef {object} RedisServer
 * @property {string} url
 * @property {import('node:child_process').ChildProcess} process
 * @property {() => Promise<void>} stop
 */

/**
 * Starts the `redis-server` or `valkey-server` of the PATH, without persistence.
 *
 * @returns {Promise<RedisServer>}
 */
export async function startRedis() {
  const port = await freePort();
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server = spawn(redisProgram(), options, { stdio: 'ignore' });
  await untilListening(port);
  return {
    url: `redis://127.0.0.1:${port}`,
    process: server,
    stop: async () => {
      const exit = once(server, 'exit');
      if (server.kill('SIGKILL')) await exit;
    },
  };
}

/**
 * The `redis-server` or `valkey-server` to run, installed where there is none.
 *
 * @returns {string}
 */
export function redisProgram() {
  return programOrInstall(
    PROGRAMS,
    'redis-server',
    'The tests need Redis: install redis-server or valkey-server, or set REDIS_URL to a running one.',
  );
}

/** @param {number} port */
export async function untilListening(port) {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await accepts(port))) {
    if (Date.now() > deadline) throw new Error('Redis did not start');
    await delay(50);
  }
}

/**
 * @param {number} port
 * @returns {Promise<boolean>}
 */
function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
