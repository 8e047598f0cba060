import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { type RedisClient } from './connect.js';
import { RedisConnection } from './redis.connection.js';

type Listener = (message: string) => void;

/**
 * Tells every replica, this one included, that something changed, at most once and without a promise:
 * caches that listen keep a short time to live as the backstop. In one process without Redis it is a call.
 */
@Injectable()
export class Broadcast implements OnApplicationShutdown {
  private readonly logger = new Logger(Broadcast.name);
  private readonly listeners = new Map<string, Listener[]>();
  private readonly subscriber: RedisClient | undefined;

  constructor(private readonly redis: RedisConnection) {
    this.subscriber = redis.subscriber();
    // Also after Redis was away at the start, when the first attempt failed.
    this.subscriber?.on('ready', () => {
      this.subscribe([...this.listeners.keys()]);
    });
    this.subscriber?.on('message', (channel: string, message: string) => {
      this.deliver(channel, message);
    });
  }

  /** Calls the listener for each message on a topic; also for our own. */
  listen(topic: string, listener: Listener): void {
    const channel = this.channel(topic);
    this.listeners.set(channel, [...(this.listeners.get(channel) ?? []), listener]);
    this.subscribe([channel]);
  }

  async send(topic: string, message: string): Promise<void> {
    const channel = this.channel(topic);
    this.deliver(channel, message);
    await this.redis.client?.publish(channel, message).catch((error: unknown) => {
      this.logger.warn(`not sent to ${topic}: ${String(error)}`);
    });
  }

  onApplicationShutdown(): void {
    this.subscriber?.disconnect();
  }

  private subscribe(channels: readonly string[]): void {
    if (channels.length === 0 || this.subscriber?.status !== 'ready') return;
    this.subscriber.subscribe(...channels).catch((error: unknown) => {
      this.logger.warn(`not subscribed: ${String(error)}`);
    });
  }

  private channel(topic: string): string {
    return `${this.redis.settings.keyPrefix}${topic}`;
  }

  private deliver(channel: string, message: string): void {
    for (const listener of this.listeners.get(channel) ?? []) listener(message);
  }
}
