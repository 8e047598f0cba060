import { Redis } from 'ioredis';
import { startPostgres } from '../test/support/postgres-server.js';
import { startRedis } from '../test/support/redis-server.js';

/**
 * A server of the environment, or one of the run's own.
 *
 * @typedef {{ url: string, stop(): Promise<void> }} Server
 */

/**
 * @param {string} [url] of one that runs already
 * @returns {Promise<Server>}
 */
export async function openPostgres(url = process.env.DATABASE_URL) {
  return url ? { url, stop: async () => undefined } : startPostgres();
}

/**
 * @param {string} prefix of the keys that a run leaves, to be cleared away
 * @returns {Promise<Server>}
 */
export async function openRedis(prefix) {
  const { REDIS_URL } = process.env;
  return REDIS_URL ? { url: REDIS_URL, stop: () => clear(REDIS_URL, prefix) } : startRedis();
}

/**
 * @param {string} url
 * @param {string} prefix
 */
async function clear(url, prefix) {
  const redis = new Redis(url);
  for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1_000 })) {
    if (keys.length > 0) await redis.unlink(keys);
  }
  await redis.quit();
}
