import { once } from 'node:events';
import { type ServerResponse } from 'node:http';
import { type EventCursor } from '../events/event-cursor.js';
import { eventDocument } from '../events/event-document.js';
import { type EventTail } from '../events/event-tail.js';
import { type StoredEvent } from '../events/outbox.repository.js';
import { type EventFilter } from './event-filter.js';

/** Milliseconds that a browser waits before it comes again. */
const RETRY_MS = 1_000;

export interface SubscriptionOptions {
  readonly cursor: EventCursor;
  readonly filter: EventFilter;
  /** Seconds that the reader may take nothing in before it is cut off. */
  readonly stallTimeout: number;
}

/**
 * One reader of the event stream (WHATWG server-sent events). It holds a cursor, not events: what the
 * reader has not taken in is read again from the outbox, and a reader that takes nothing in is cut off. It
 * resumes with `Last-Event-ID`.
 */
export class SseSubscription {
  private cursor: EventCursor;
  private isPumping = false;
  private hasMore = false;
  private hasCaughtUp = false;
  private readonly unfollow: () => void;

  constructor(
    private readonly response: ServerResponse,
    private readonly tail: EventTail,
    private readonly options: SubscriptionOptions,
  ) {
    this.cursor = options.cursor;
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      // Open for as long as the stream lasts, and not kept for another request after it.
      connection: 'close',
    });
    response.write(`retry: ${RETRY_MS}\nid: ${String(this.cursor)}\n\n`);
    response.on('error', () => {
      this.cutOff();
    });
    this.unfollow = tail.follow(() => {
      this.wake();
    });
    this.wake();
  }

  /**
   * Keeps the connection open. Tells the reader, where that is so, that it has been told of everything, and
   * moves its place past events that its filter left out.
   */
  heartbeat(): void {
    if (this.isOver() || this.response.writableNeedDrain) return;
    const isComplete = !this.isPumping && this.tail.isCurrent;
    this.response.write(isComplete ? `: heartbeat\nid: ${String(this.cursor)}\n\n` : ': waiting\n\n');
    this.hasCaughtUp ||= isComplete;
  }

  end(): void {
    this.unfollow();
    this.response.end();
  }

  private wake(): void {
    this.hasMore = true;
    if (this.isPumping) return;
    this.isPumping = true;
    this.pump()
      .catch(() => {
        this.cutOff();
      })
      .finally(() => {
        this.isPumping = false;
        // What was told of between the last look and now.
        if (this.hasMore && !this.isOver()) this.wake();
        // A reader that comes need not wait for the next heartbeat to know that it has missed nothing.
        else if (!this.hasCaughtUp && this.tail.isCurrent) this.heartbeat();
      });
  }

  private async pump(): Promise<void> {
    while (this.hasMore && !this.isOver()) {
      this.hasMore = false;
      const events = await this.tail.readAfter(this.cursor);
      const last = events.at(-1);
      if (!last || this.isOver()) continue;
      this.hasMore = true;
      this.cursor = last.cursor;
      const text = events.filter((event) => this.options.filter.matches(event)).map(format);
      if (text.length > 0 && !this.response.write(text.join(''))) await this.drained();
    }
  }

  private async drained(): Promise<void> {
    await once(this.response, 'drain', { signal: AbortSignal.timeout(this.options.stallTimeout * 1000) });
  }

  private isOver(): boolean {
    return this.response.writableEnded || this.response.destroyed;
  }

  private cutOff(): void {
    this.unfollow();
    this.response.destroy();
  }
}

function format(event: StoredEvent): string {
  return `id: ${String(event.cursor)}\nevent: ${event.type}\ndata: ${JSON.stringify(eventDocument(event))}\n\n`;
}
