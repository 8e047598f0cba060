import { Global, Module } from '@nestjs/common';
import { AttemptLimiters } from './attempt-limiter.js';
import { Broadcast } from './broadcast.js';
import { OnceStore } from './once-store.js';
import { RedisConnection } from './redis.connection.js';
import { RedisMetrics } from './redis-metrics.js';
import { RedisTracing } from './redis-tracing.js';

/** What Redis does for the service, each with an adapter in memory for one process without it. */
@Global()
@Module({
  providers: [RedisConnection, AttemptLimiters, OnceStore, Broadcast, RedisMetrics, RedisTracing],
  exports: [RedisConnection, AttemptLimiters, OnceStore, Broadcast],
})
export class RedisModule {}
