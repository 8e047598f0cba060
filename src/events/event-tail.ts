import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { PROCESS_ROLE, type ProcessRole } from '../common/process-role.js';
import { Notifications } from '../database/notifications.js';
import { EventCursor } from './event-cursor.js';
import { OutboxRepository, type StoredEvent } from './outbox.repository.js';

const CHANNEL = 'revocation_event';
/** Events may wait for an older transaction to end, of which nobody notifies. */
const POLL_MS = 250;
const BATCH = 500;
/** Kept in memory, so that many readers cost one query. */
const RECENT = 5_000;
/** Milliseconds since the outbox was read to its end, up to which what was read is all there is. */
const CURRENT_MS = 2_000;

/**
 * Follows the outbox, once per process, for all who read from here. Idle without listeners.
 *
 * Readers are told that there is more and ask for it by their own cursor: nobody's slowness is buffered.
 */
@Injectable()
export class EventTail implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(EventTail.name);
  private readonly listeners = new Set<() => void>();
  private recent: StoredEvent[] = [];
  /** All events after it, up to `position`, are in `recent`. */
  private floor: EventCursor | undefined;
  private position: EventCursor | undefined;
  private reading: Promise<void> | undefined;
  private isStale = false;
  private completeAt = -Infinity;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly notifications: Notifications,
    private readonly outbox: OutboxRepository,
    @Inject(PROCESS_ROLE) private readonly role: ProcessRole,
  ) {}

  onModuleInit(): void {
    if (this.role === 'one-off') return;
    this.notifications.listen(CHANNEL, () => {
      this.advance();
    });
    this.timer = setInterval(() => {
      this.advance();
    }, POLL_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.listeners.clear();
  }

  /** Calls the listener whenever there are new events. @returns what ends that */
  follow(listener: () => void): () => void {
    this.listeners.add(listener);
    this.advance();
    return () => {
      this.listeners.delete(listener);
    };
  }

  /** Whether all that there is to tell of has been read: not while Postgres does not answer. */
  get isCurrent(): boolean {
    return performance.now() - this.completeAt < CURRENT_MS;
  }

  /** Up to a batch of events after the cursor, oldest first; from memory where it reaches back that far. */
  async readAfter(cursor: EventCursor): Promise<readonly StoredEvent[]> {
    const { floor } = this;
    if (!floor || floor.isAfter(cursor)) return this.outbox.readAfter(cursor, BATCH);
    const next = this.recent.findLastIndex((event) => !event.cursor.isAfter(cursor)) + 1;
    return this.recent.slice(next, next + BATCH);
  }

  private advance(): void {
    if (this.listeners.size === 0) {
      this.forget();
      return;
    }
    this.isStale = true;
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    });
  }

  /** Nobody listens: what is in memory would soon have gaps. */
  private forget(): void {
    this.recent = [];
    this.floor = this.position = undefined;
  }

  private async read(): Promise<void> {
    try {
      while (this.isStale && this.listeners.size > 0) {
        this.isStale = false;
        const isFirst = this.position === undefined;
        this.position ??= this.floor = await this.outbox.end();
        const readAt = performance.now();
        const events = await this.outbox.readAfter(this.position, BATCH);
        if (events.length === BATCH) this.isStale = true;
        else this.completeAt = readAt;
        this.take(events);
        // Who came before there was a position may have missed what lies before it.
        if (isFirst || events.length > 0) this.tell();
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'the outbox could not be read');
    }
  }

  private take(events: readonly StoredEvent[]): void {
    const last = events.at(-1);
    if (!last) return;
    this.position = last.cursor;
    this.recent.push(...events);
    const excess = this.recent.splice(0, Math.max(0, this.recent.length - RECENT));
    this.floor = excess.at(-1)?.cursor ?? this.floor;
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
