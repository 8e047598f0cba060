import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import calculateSlot from 'cluster-key-slot';
import { Cluster, type Redis } from 'ioredis';
import { redisConfig, type RedisSettings } from '../config/redis.config.js';
import { connectToRedis, type RedisClient } from './connect.js';

/**
 * The one connection to Redis, or none where `REDIS_URL` is unset.
 *
 * Commands are bounded in time and never queued while Redis is away: whoever uses it has another answer.
 */
@Injectable()
export class RedisConnection implements OnApplicationShutdown {
  readonly client: RedisClient | undefined;
  private readonly logger = new Logger(RedisConnection.name);
  private lastError = '';

  constructor(@Inject(redisConfig.KEY) readonly settings: RedisSettings) {
    if (settings.urls.length > 0) this.client = this.connect(settings.timeoutMs);
  }

  /** A second connection, for subscriptions, which wait for as long as it takes. */
  subscriber(): RedisClient | undefined {
    return this.client && this.connect(undefined);
  }

  /** The connection to the very server that holds the key just now, or none where that is not known. */
  nodeOf(key: string): Redis | undefined {
    const { client } = this;
    if (!(client instanceof Cluster)) return client;
    const [address] = client.slots[calculateSlot(key)] ?? [];
    return client.nodes('master').find(({ options: { host, port } }) => `${host}:${port}` === address);
  }

  onApplicationShutdown(): void {
    this.client?.disconnect();
  }

  private connect(commandTimeout: number | undefined): RedisClient {
    const client = connectToRedis(this.settings, commandTimeout);
    client.on('error', (error: Error) => {
      this.report(error);
    });
    client.on('ready', () => {
      this.lastError = '';
    });
    return client;
  }

  private report(error: Error): void {
    if (error.message === this.lastError) return;
    this.lastError = error.message;
    this.logger.warn(`Redis does not answer: ${error.message}`);
  }
}
