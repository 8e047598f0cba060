import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { eventsConfig, type EventsSettings } from '../../config/events.config.js';
import { EventCursor } from '../../events/event-cursor.js';
import { OutboxRepository } from '../../events/outbox.repository.js';
import { OutboxSearch } from '../../events/outbox-search.js';
import { RedisStreamSink } from '../../events/redis-stream.sink.js';
import { ProblemError } from '../../http/problem.js';
import { StreamOverview } from '../../shared-signals/streams/stream-overview.js';
import { type Caller } from '../http/caller.js';
import { ManagementWrites } from '../http/management-writes.js';
import {
  type GroupRedeliveryRequest,
  type RedeliveryDocument,
  type RedeliveryRequest,
} from './event.documents.js';

/** Has events delivered that were delivered before. */
@Injectable()
export class Redelivery {
  constructor(
    private readonly writes: ManagementWrites,
    private readonly outbox: OutboxRepository,
    private readonly search: OutboxSearch,
    private readonly streams: StreamOverview,
    private readonly redisStream: RedisStreamSink,
    private readonly clock: Clock,
    @Inject(eventsConfig.KEY) private readonly settings: EventsSettings,
  ) {}

  /** @throws ProblemError 404, 409 for a stream that is disabled, or where events since then are gone */
  async ofStream(
    caller: Caller,
    id: string,
    { since, reason }: RedeliveryRequest,
  ): Promise<RedeliveryDocument> {
    const cursor = await this.cursorBefore(since);
    await this.writes.run(caller, async ({ transaction, audit }) => {
      const stream = await this.streams.lock(transaction, id);
      if (!stream) throw ProblemError.notFound('stream');
      if (stream.status === 'disabled') throw ProblemError.conflict('a disabled stream delivers nothing');
      await this.streams.rewind(transaction, id, cursor);
      audit({
        action: 'event_stream.redelivered',
        target: { type: 'event_stream', id },
        reason,
        before: { cursor: String(stream.cursor) },
        after: { cursor: String(cursor) },
      });
    });
    return this.redelivered(cursor);
  }

  /** @throws ProblemError 404 where there is no such group, 409 where events since then are gone */
  async ofRedisGroup(
    caller: Caller,
    { group, since, reason }: GroupRedeliveryRequest,
  ): Promise<RedeliveryDocument> {
    const cursor = await this.cursorBefore(since);
    await this.writes.run(caller, async ({ audit }) => {
      if (!(await this.redisStream.rewind(group, cursor))) throw ProblemError.notFound('consumer group');
      const target = { type: 'redis_group', id: group };
      audit({ action: 'redis_group.redelivered', target, reason, after: { cursor: String(cursor) } });
    });
    return this.redelivered(cursor);
  }

  private async redelivered(cursor: EventCursor): Promise<RedeliveryDocument> {
    const { undelivered } = await this.search.lag(cursor);
    return { cursor: String(cursor), events: undelivered };
  }

  private async cursorBefore(since: string): Promise<EventCursor> {
    const forgotten = await this.outbox.forgottenTo();
    const kept = new Date(this.clock.now().getTime() - this.settings.retention * 1000);
    if (forgotten.isAfter(EventCursor.start) && new Date(since) < kept)
      throw ProblemError.conflict('events since then have been deleted for their age');
    return (await this.search.cursorBefore(new Date(since))) ?? (await this.outbox.end());
  }
}
