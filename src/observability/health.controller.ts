import { Controller, Get } from '@nestjs/common';
import {
  HealthCheck,
  type HealthCheckResult,
  HealthCheckService,
  HealthIndicatorService,
} from '@nestjs/terminus';
import { Database } from '../database/database.js';
import { RedisConnection } from '../redis/redis.connection.js';
import { TokenKeyService } from '../tokens/keys/token-key.service.js';

const PING = { name: 'health_ping', text: 'SELECT 1' };

@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly database: Database,
    private readonly redis: RedisConnection,
    private readonly keys: TokenKeyService,
  ) {}

  /** Whether the process should be left running. */
  @Get('live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** Whether it should get requests. Without Redis it is degraded, not down: Postgres is the truth. */
  @Get('ready')
  @HealthCheck()
  ready(): Promise<HealthCheckResult> {
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
