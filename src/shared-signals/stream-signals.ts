import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Broadcast } from '../redis/broadcast.js';
import { EventTail } from '../events/event-tail.js';

const TOPIC = 'ssf-stream';
/** Events that come together are looked for once: many streams cost few queries, however much is revoked. */
const GATHER_MS = 50;

/** Wakes whoever delivers a stream: there may be an event, or something about the stream has changed. */
@Injectable()
export class StreamSignals implements OnModuleInit {
  private readonly listeners = new Map<StreamListener, string>();

  constructor(
    private readonly tail: EventTail,
    private readonly broadcast: Broadcast,
  ) {}

  onModuleInit(): void {
    this.broadcast.listen(TOPIC, (streamId) => {
      for (const [listener, id] of this.listeners) if (id === streamId) listener.wake(true);
    });
  }

  /** Tells every replica that something about a stream has changed. After the change is committed. */
  announce(streamId: string): Promise<void> {
    return this.broadcast.send(TOPIC, streamId);
  }

  /** Until it is closed. */
  listen(streamId: string): StreamListener {
    let gathering: NodeJS.Timeout | undefined;
    const listener = new StreamListener(() => {
      unfollow();
      clearTimeout(gathering);
      this.listeners.delete(listener);
    });
    const unfollow = this.tail.follow(() => {
      gathering ??= setTimeout(() => {
        gathering = undefined;
        listener.wake(false);
      }, GATHER_MS);
    });
    this.listeners.set(listener, streamId);
    return listener;
  }
}

/** One who waits for a stream. What came between two waits ends the second at once: nothing is missed. */
export class StreamListener {
  private isNews = false;
  private isChange = false;
  private reconsider: () => void = () => undefined;

  /** @param close ends what wakes it */
  constructor(readonly close: () => void) {}

  /** Whether the stream itself has changed since the last wait, or since this was reset. */
  get hasChanged(): boolean {
    return this.isChange;
  }

  resetChange(): void {
    this.isChange = false;
  }

  /** @param isChange of the stream itself; else there are events */
  wake(isChange: boolean): void {
    this.isNews = true;
    this.isChange ||= isChange;
    this.reconsider();
  }

  /** Waits for events or a change, for `ms` at most, or until the signal ends it. Never rejects. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    await this.until(() => this.isNews, ms, signal);
  }

  /** The same for a change of the stream only: events don't end it. */
  async waitForChange(ms: number, signal: AbortSignal): Promise<void> {
    await this.until(() => this.isChange, ms, signal);
  }

  private async until(isOver: () => boolean, ms: number, signal: AbortSignal): Promise<void> {
    if (!isOver() && !signal.aborted) await this.sleep(isOver, ms, signal);
    this.isNews = this.isChange = false;
  }

  private sleep(isOver: () => boolean, ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener('abort', end);
      this.reconsider = () => {
        if (isOver()) end();
      };
    });
  }
}
