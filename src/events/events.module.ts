import { Module } from '@nestjs/common';
import { EventTail } from './event-tail.js';
import { OutboxRepository } from './outbox.repository.js';
import { OutboxSearch } from './outbox-search.js';
import { RedisStreamSink } from './redis-stream.sink.js';

/** The record of every revocation, told to whoever must know. */
@Module({
  providers: [OutboxRepository, OutboxSearch, EventTail, RedisStreamSink],
  exports: [OutboxRepository, OutboxSearch, EventTail, RedisStreamSink],
})
export class EventsModule {}
