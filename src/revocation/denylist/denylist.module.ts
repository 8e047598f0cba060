import { Module } from '@nestjs/common';
import { EventsModule } from '../../events/events.module.js';
import { RedisConnection } from '../../redis/redis.connection.js';
import { Denylist } from './denylist.js';
import { DenylistKeeper } from './denylist-keeper.js';
import { DenylistLeaseRepository } from './denylist-lease.repository.js';
import { DenylistStore } from './denylist-store.js';
import { MemoryDenylistStore } from './memory-denylist.store.js';
import { RedisDenylistStore } from './redis-denylist.store.js';

const store = {
  provide: DenylistStore,
  inject: [RedisConnection],
  useFactory: (redis: RedisConnection) =>
    redis.client ? new RedisDenylistStore(redis) : new MemoryDenylistStore(),
};

/** What was revoked, where it can be looked up without asking Postgres. */
@Module({
  imports: [EventsModule],
  providers: [store, DenylistLeaseRepository, DenylistKeeper, Denylist],
  exports: [Denylist],
})
export class DenylistModule {}
