import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { type RedisSettings } from '../config/redis.config.js';

/** A server, the master that sentinels name, or a cluster. */
export type RedisClient = Redis | Cluster;

const SENTINEL_PORT = 26_379;
const [FIRST_RETRY_MS, LAST_RETRY_MS] = [100, 2_000];

/**
 * Connects as `REDIS_MODE` says, and for ever again when the connection is lost.
 *
 * @param commandTimeout milliseconds; commands are then never queued while Redis is away. Without it they
 *   wait for as long as it takes, as subscriptions do.
 */
export function connectToRedis(settings: RedisSettings, commandTimeout: number | undefined): RedisClient {
  const enableOfflineQueue = commandTimeout === undefined;
  const options = { ...optionsOf(settings), commandTimeout, maxRetriesPerRequest: 0 };
  if (settings.mode === 'cluster') {
    return new Cluster(settings.urls.map(addressOf), {
      redisOptions: options,
      enableOfflineQueue,
      clusterRetryStrategy: backOff,
      slotsRefreshInterval: 5_000,
    });
  }
  const target = settings.mode === 'sentinel' ? sentinelOptions(settings) : addressOf(settings.urls[0] ?? '');
  return new Redis({ ...options, ...target, enableOfflineQueue, retryStrategy: backOff });
}

function backOff(attempt: number): number {
  return Math.min(FIRST_RETRY_MS * attempt, LAST_RETRY_MS);
}

/** What holds for every data node. The first URL has it; those of sentinels stand for the nodes behind them. */
function optionsOf({ urls: [url = ''] }: RedisSettings): RedisOptions {
  const { protocol, username, password, pathname } = new URL(url);
  return {
    connectionName: 'regrant',
    username: decodeURIComponent(username) || undefined,
    password: decodeURIComponent(password) || undefined,
    db: Number(pathname.slice(1)) || 0,
    tls: protocol === 'rediss:' ? {} : undefined,
  };
}

function sentinelOptions({ urls, sentinelMaster, sentinelPassword }: RedisSettings): RedisOptions {
  return {
    sentinels: urls.map((url) => ({ port: SENTINEL_PORT, ...addressOf(url) })),
    name: sentinelMaster,
    sentinelPassword: sentinelPassword || undefined,
    sentinelRetryStrategy: backOff,
    enableTLSForSentinelMode: urls.some((url) => url.startsWith('rediss:')),
    failoverDetector: true,
  };
}

function addressOf(url: string): { host: string; port?: number } {
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  return port === '' ? { host } : { host, port: Number(port) };
}
