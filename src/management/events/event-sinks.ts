import { Injectable } from '@nestjs/common';
import { EventReaders } from '../../event-streams/event-readers.js';
import { OutboxSearch } from '../../events/outbox-search.js';
import { RedisStreamSink } from '../../events/redis-stream.sink.js';
import { type EventSinkDocument } from './event.documents.js';

/** Shows each way of delivering events, and how far it is. */
@Injectable()
export class EventSinks {
  constructor(
    private readonly outbox: OutboxSearch,
    private readonly redisStream: RedisStreamSink,
    private readonly readers: EventReaders,
  ) {}

  async list(): Promise<EventSinkDocument[]> {
    const sse = { name: 'server_sent_events', state: 'delivering', readers: this.readers.count };
    return [await this.ofRedis(), sse];
  }

  private async ofRedis(): Promise<EventSinkDocument> {
    const { state, cursor, failure } = await this.redisStream.status();
    const lag = cursor && (await this.outbox.lag(cursor));
    return {
      name: 'redis_stream',
      state,
      ...(cursor && { cursor: String(cursor) }),
      ...(lag && { events_behind: lag.undelivered, seconds_behind: Math.round(lag.seconds) }),
      ...(failure !== undefined && { failure }),
    };
  }
}
