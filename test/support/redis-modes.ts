import { type RedisConfig } from '../../src/config/redis.config.js';
import { startRedis } from './redis-server.js';
import { startRedisCluster, startRedisSentinel } from './redis-topologies.js';

export interface RedisServers {
  /** What `REDIS_URL` is to be. */
  readonly urls: string;
  /** Of the data nodes. */
  readonly ports?: number[];
  readonly sentinel?: number;
  stop(): Promise<void>;
}

/** Servers for each `REDIS_MODE`. */
export const REDIS_MODES: Record<RedisConfig['mode'], () => Promise<RedisServers>> = {
  standalone: async () => {
    const { url, stop } = await startRedis();
    return { urls: url, stop };
  },
  sentinel: startRedisSentinel,
  cluster: startRedisCluster,
};
