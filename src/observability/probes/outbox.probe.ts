import { Injectable } from '@nestjs/common';
import { type Gauge } from 'prom-client';
import { type EventCursor } from '../../events/event-cursor.js';
import { OutboxRepository } from '../../events/outbox.repository.js';
import { type RedisStreamStatus, RedisStreamSink } from '../../events/redis-stream.sink.js';
import { Metrics } from '../../metrics/metrics.js';
import { type Probe } from './probe.js';

const UNKNOWN: RedisStreamStatus = { state: 'waiting' };

/** How many events there are, and how far behind their delivery is. */
@Injectable()
export class OutboxProbe implements Probe {
  readonly source = 'outbox';
  private readonly events: Gauge;
  private readonly lag: Gauge;
  private lastDelivered: EventCursor | undefined;

  constructor(
    metrics: Metrics,
    private readonly outbox: OutboxRepository,
    private readonly sink: RedisStreamSink,
  ) {
    this.events = metrics.gauge({
      name: 'regrant_outbox_events',
      help: 'Events in the outbox, by the estimate of Postgres.',
      aggregator: 'max',
    });
    this.lag = metrics.gauge({
      name: 'regrant_relay_lag_seconds',
      help: 'Age of the oldest event that is not yet in the Redis stream; without Redis, that no reader gets yet.',
      aggregator: 'max',
    });
  }

  async measure(): Promise<void> {
    this.lag.set(await this.outbox.oldestAgeAfter(await this.delivered()));
    this.events.set(await this.outbox.estimateSize());
  }

  clear(): void {
    this.events.remove();
    this.lag.remove();
  }

  /** While Redis does not answer, as far as the stream was when it last did: the lag grows. */
  private async delivered(): Promise<EventCursor> {
    const { state, cursor } = await this.sink.status().catch(() => UNKNOWN);
    if (state === 'off') return this.outbox.end();
    this.lastDelivered = cursor ?? this.lastDelivered;
    if (!this.lastDelivered) throw new Error('Redis has not yet said how far the stream is');
    return this.lastDelivered;
  }
}
