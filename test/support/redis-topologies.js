import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from './free-port.js';
import { redisProgram, untilListening } from './redis-server.js';

const SLOTS = 16_384;
const START_TIMEOUT_MS = 20_000;

/**
 * Several Redis servers that belong together.
 *
 * @typedef {object} RedisTopology
 * @property {string} urls comma-separated: what `REDIS_URL` is to be
 * @property {number[]} ports of the data nodes
 * @property {() => Promise<void>} stop
 */

/**
 * A cluster of three masters without replicas.
 *
 * @returns {Promise<RedisTopology>}
 */
export async function startRedisCluster() {
  const servers = new Servers();
  const nodes = [];
  for (let index = 0; index < 3; index += 1) {
    const bus = await freePort();
    const options = ['--cluster-enabled', 'yes', '--cluster-config-file', `nodes-${index}.conf`];
    const timing = ['--cluster-port', String(bus), '--cluster-node-timeout', '2000'];
    nodes.push({ bus, port: await servers.start([...options, ...timing]) });
  }
  const [first] = nodes;
  const share = Math.ceil(SLOTS / nodes.length);
  for (const [index, { port }] of nodes.entries()) {
    const range = [index * share, Math.min(SLOTS, (index + 1) * share) - 1];
    await command(port, 'cluster', 'addslotsrange', ...range);
    if (first && index > 0) await command(port, 'cluster', 'meet', '127.0.0.1', first.port, first.bus);
  }
  const ports = nodes.map(({ port }) => port);
  for (const port of ports) {
    await until(async () => String(await command(port, 'cluster', 'info')).includes('cluster_state:ok'));
  }
  return servers.asTopology(ports, ports);
}

/**
 * A master with a replica, watched by one sentinel.
 *
 * @returns {Promise<RedisTopology & { sentinel: number }>}
 */
export async function startRedisSentinel() {
  const servers = new Servers();
  const master = await servers.start([]);
  const replica = await servers.start(['--replicaof', '127.0.0.1', String(master)]);
  const file = servers.file('sentinel.conf', [
    `sentinel monitor mymaster 127.0.0.1 ${master} 1`,
    'sentinel down-after-milliseconds mymaster 500',
    'sentinel failover-timeout mymaster 2000',
  ]);
  const sentinel = await servers.start(['--sentinel'], file);
  await until(async () => String(await command(replica, 'info', 'replication')).includes('link_status:up'));
  await until(async () => String(await command(sentinel, 'info', 'sentinel')).includes('slaves=1'));
  return { ...servers.asTopology([sentinel], [master, replica]), sentinel };
}

/** Redis processes in a folder of their own. */
class Servers {
  folder = mkdtempSync(join(tmpdir(), 'regrant-redis-'));
  /** @type {Map<number, import('node:child_process').ChildProcess>} */
  processes = new Map();

  /**
   * @param {string} name
   * @param {string[]} lines
   */
  file(name, lines) {
    const path = join(this.folder, name);
    writeFileSync(path, lines.join('\n'));
    return path;
  }

  /**
   * @param {string[]} options
   * @param {string} [file]
   */
  async start(options, file) {
    const port = await freePort();
    const general = ['--port', String(port), '--bind', '127.0.0.1', '--dir', this.folder];
    const storage = file === undefined ? ['--save', '', '--appendonly', 'no'] : [];
    const all = [...(file === undefined ? [] : [file]), ...general, ...storage, ...options];
    this.processes.set(port, spawn(redisProgram(), all, { stdio: 'ignore' }));
    await untilListening(port);
    return port;
  }

  /** @param {number} port */
  async kill(port) {
    const server = this.processes.get(port);
    if (!server) return;
    this.processes.delete(port);
    const exit = once(server, 'exit');
    if (server.kill('SIGKILL')) await exit;
  }

  /**
   * @param {number[]} entries
   * @param {number[]} ports
   * @returns {RedisTopology}
   */
  asTopology(entries, ports) {
    return {
      urls: entries.map((port) => `redis://127.0.0.1:${port}`).join(','),
      ports,
      stop: async () => {
        for (const port of [...this.processes.keys()]) await this.kill(port);
        rmSync(this.folder, { recursive: true, force: true });
      },
    };
  }
}

/**
 * @param {number} port
 * @param {...(string | number)} words
 * @returns {Promise<unknown>}
 */
export async function command(port, ...words) {
  const [name = '', ...parameters] = words.map(String);
  const client = new Redis({ port, host: '127.0.0.1', lazyConnect: true, enableReadyCheck: false });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await client.call(name, ...parameters);
  } finally {
    client.disconnect();
  }
}

/** @param {() => Promise<boolean>} condition */
async function until(condition) {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await condition().catch(() => false))) {
    if (Date.now() > deadline) throw new Error('the Redis servers did not find one another');
    await delay(50);
  }
}
