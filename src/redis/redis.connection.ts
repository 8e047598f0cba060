import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import { redisConfig, type RedisSettings } from '../config/redis.config.js';

/**
 * The one connection to Redis, or none where `REDIS_URL` is unset.
 *
 * Commands are bounded in time and never queued while Redis is away: whoever uses it has another answer.
 */
@Injectable()
export class RedisConnection implements OnApplicationShutdown {
  readonly client: Redis | undefined;
  private readonly logger = new Logger(RedisConnection.name);
  private lastError = '';

  constructor(@Inject(redisConfig.KEY) readonly settings: RedisSettings) {
    if (settings.url !== '') this.client = this.connect(settings.timeoutMs);
  }

  /** A second connection, for subscriptions, which wait for as long as it takes. */
  subscriber(): Redis | undefined {
    return this.client && this.connect(undefined);
  }

  onApplicationShutdown(): void {
    this.client?.disconnect();
  }

  private connect(commandTimeout: number | undefined): Redis {
    const client = new Redis(this.settings.url, {
      connectionName: 'regrant',
      commandTimeout,
      maxRetriesPerRequest: 0,
      enableOfflineQueue: commandTimeout === undefined,
      retryStrategy: (attempt) => Math.min(100 * attempt, 2_000),
    });
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
