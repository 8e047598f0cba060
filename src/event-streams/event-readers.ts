import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { type ServerResponse } from 'node:http';
import { eventsConfig, type EventsSettings } from '../config/events.config.js';
import { type EventCursor } from '../events/event-cursor.js';
import { EventTail } from '../events/event-tail.js';
import { Metrics } from '../metrics/metrics.js';
import { type EventFilter } from './event-filter.js';
import { SseSubscription } from './sse-subscription.js';

/** A reader to be, and how to find out whether its token is still alive. */
export interface Reader {
  readonly response: ServerResponse;
  readonly cursor: EventCursor;
  readonly filter: EventFilter;
  readonly isStillWelcome: () => Promise<boolean>;
}

/** All who read the event stream from this process; they are let go before it stops. */
@Injectable()
export class EventReaders implements OnModuleInit, OnModuleDestroy {
  private readonly subscriptions = new Map<SseSubscription, Reader>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly tail: EventTail,
    @Inject(eventsConfig.KEY) private readonly settings: EventsSettings,
    metrics: Metrics,
  ) {
    metrics.gauge({
      name: 'regrant_sse_readers',
      help: 'Readers of the event stream (server-sent events) that are connected.',
      collect: (gauge) => {
        gauge.set(this.subscriptions.size);
      },
    });
  }

  onModuleInit(): void {
    this.timer = setInterval(() => {
      for (const [subscription, reader] of this.subscriptions) void this.beat(subscription, reader);
    }, this.settings.heartbeat * 1000).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
    for (const subscription of this.subscriptions.keys()) subscription.end();
  }

  /** How many read from this process. */
  get count(): number {
    return this.subscriptions.size;
  }

  add(reader: Reader): void {
    const { response, cursor, filter } = reader;
    // Gone while it was being looked at: nobody would tell us of it again.
    if (response.destroyed) return;
    const { stallTimeout } = this.settings;
    const subscription = new SseSubscription(response, this.tail, { cursor, filter, stallTimeout });
    this.subscriptions.set(subscription, reader);
    response.once('close', () => {
      subscription.end();
      this.subscriptions.delete(subscription);
    });
  }

  /** A reader whose token has died since is let go; where nobody can tell, it stays. */
  private async beat(subscription: SseSubscription, { isStillWelcome }: Reader): Promise<void> {
    if (await isStillWelcome().catch(() => true)) subscription.heartbeat();
    else subscription.end();
  }
}
