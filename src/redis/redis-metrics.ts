import { Injectable } from '@nestjs/common';
import { Metrics } from '../metrics/metrics.js';
import { RedisConnection } from './redis.connection.js';

/** Tells whether Redis is there. */
@Injectable()
export class RedisMetrics {
  constructor(metrics: Metrics, { client }: RedisConnection) {
    metrics.gauge({
      name: 'regrant_redis_up',
      help: 'Whether the connection to Redis is ready; left out where REDIS_URL is unset.',
      aggregator: 'min',
      collect: (gauge) => {
        if (client) gauge.set(client.status === 'ready' ? 1 : 0);
      },
    });
  }
}
