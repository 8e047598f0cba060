import { Injectable } from '@nestjs/common';
import { type HealthCheckResult, HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import { Database } from '../database/database.js';
import { RedisConnection } from '../redis/redis.connection.js';
import { TokenKeyService } from '../tokens/keys/token-key.service.js';

const PING = { name: 'health_ping', text: 'SELECT 1' };

/** Whether the process should get requests. Without Redis it is degraded, not down: Postgres is the truth. */
@Injectable()
export class Readiness {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly database: Database,
    private readonly redis: RedisConnection,
    private readonly keys: TokenKeyService,
  ) {}

  /** @throws ServiceUnavailableException with the result, when it should not */
  check(): Promise<HealthCheckResult> {
    return this.health.check([
      async () =>
        this.indicators
          .check('postgres')
          .attempt(() => this.pingPostgres())
          .withTimeout(2_000),
      async () => this.pingRedis(),
      async () => {
        const indicator = this.indicators.check('keys');
        return Promise.resolve(this.keys.isReady ? indicator.up() : indicator.down('no key signs'));
      },
    ]);
  }

  private async pingPostgres(): Promise<void> {
    await this.database.query(PING);
  }

  private async pingRedis() {
    const indicator = this.indicators.check('redis');
    const { client } = this.redis;
    if (!client) return indicator.up({ adapter: 'memory' });
    try {
      await client.ping();
      return indicator.up();
    } catch {
      return indicator.degraded('does not answer');
    }
  }
}
