import { Injectable } from '@nestjs/common';
import { type Gauge } from 'prom-client';
import { Metrics } from '../../metrics/metrics.js';
import { BacklogRepository } from '../../shared-signals/delivery/backlog.repository.js';
import { type Probe } from './probe.js';

/** How the event streams of receivers (SSF) do. */
@Injectable()
export class EventStreamsProbe implements Probe {
  readonly source = 'event_streams';
  private readonly streams: Gauge;
  private readonly backlog: Gauge;

  constructor(
    metrics: Metrics,
    private readonly repository: BacklogRepository,
  ) {
    this.streams = metrics.gauge({
      name: 'regrant_ssf_streams',
      help: 'Event streams of receivers, by status.',
      labels: ['status'],
      aggregator: 'max',
    });
    this.backlog = metrics.gauge({
      name: 'regrant_ssf_backlog_age_seconds',
      help: 'Age of the oldest event that an enabled stream has yet to be done with, of the stream furthest behind.',
      aggregator: 'max',
    });
  }

  async measure(): Promise<void> {
    const { enabled, paused, disabled, backlogAge } = await this.repository.measure();
    for (const [status, count] of Object.entries({ enabled, paused, disabled }))
      this.streams.set({ status }, count);
    this.backlog.set(backlogAge);
  }

  clear(): void {
    this.streams.reset();
    this.backlog.remove();
  }
}
