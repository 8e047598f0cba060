import { Injectable } from '@nestjs/common';
import { type Gauge } from 'prom-client';
import { OutboxRepository } from '../../events/outbox.repository.js';
import { RedisStreamSink } from '../../events/redis-stream.sink.js';
import { Metrics } from '../../metrics/metrics.js';
import { type Probe } from './probe.js';

/** How many events there are, and how far behind their delivery is. */
@Injectable()
export class OutboxProbe implements Probe {
  readonly source = 'outbox';
  private readonly events: Gauge;
  private readonly lag: Gauge;

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
    const delivered = (await this.sink.delivered()) ?? (await this.outbox.end());
    this.lag.set(await this.outbox.oldestAgeAfter(delivered));
    this.events.set(await this.outbox.estimateSize());
  }

  clear(): void {
    this.events.remove();
    this.lag.remove();
  }
}
