import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { PROCESS_ROLE, type ProcessRole } from '../common/process-role.js';
import { type RedisClient } from '../redis/connect.js';
import { eventsConfig, type EventsSettings } from '../config/events.config.js';
import { Database } from '../database/database.js';
import { type Transaction } from '../database/sql-session.js';
import { RedisConnection } from '../redis/redis.connection.js';
import { EventCursor } from './event-cursor.js';
import { eventDocument } from './event-document.js';
import { EventTail } from './event-tail.js';
import { OutboxRepository, type StoredEvent } from './outbox.repository.js';

/** Any number that no other advisory lock of the service has. */
const LEADER_LOCK = 7_236_003;
const BATCH = 500;
const FORGET_BATCH = 1_000;

/** How far the Redis stream is. */
export interface RedisStreamStatus {
  /** `waiting`: for Redis or Postgres, see `failure`. */
  readonly state: 'off' | 'delivering' | 'waiting';
  /** Of the last event in it. */
  readonly cursor?: EventCursor;
  readonly failure?: string;
}

/**
 * Copies the outbox into the Redis stream `revocations`.
 *
 * Every replica tries, whenever there is something; one at a time holds the lock, so that a killed leader's
 * place is taken at once. The stream itself says how far it is: its ids are the events' cursors, a retry
 * can't add one twice, and a stream that was wiped is filled again with all that the outbox still has.
 */
@Injectable()
export class RedisStreamSink implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(RedisStreamSink.name);
  private running: Promise<void> | undefined;
  private isStale = false;
  private isStopping = false;
  private timer: NodeJS.Timeout | undefined;
  private failure: string | undefined;

  constructor(
    private readonly database: Database,
    private readonly redis: RedisConnection,
    private readonly outbox: OutboxRepository,
    private readonly tail: EventTail,
    @Inject(eventsConfig.KEY) private readonly settings: EventsSettings,
    @Inject(PROCESS_ROLE) private readonly role: ProcessRole,
  ) {}

  onModuleInit(): void {
    if (this.role === 'one-off') return;
    this.timer = setInterval(() => {
      this.wake();
    }, 1_000).unref();
    if (this.redis.client)
      this.tail.follow(() => {
        this.wake();
      });
  }

  /** A backlog is the next leader's: nobody waits for it to be copied. */
  async onModuleDestroy(): Promise<void> {
    this.isStopping = true;
    clearInterval(this.timer);
    await this.running;
  }

  /** How far the stream is, as this replica sees it. */
  async status(): Promise<RedisStreamStatus> {
    const { client } = this.redis;
    if (!client) return { state: 'off' };
    if (client.status !== 'ready')
      return { state: 'waiting', failure: this.failure ?? 'Redis does not answer' };
    const cursor = await this.lastDelivered(client);
    return { state: this.failure === undefined ? 'delivering' : 'waiting', cursor, failure: this.failure };
  }

  /**
   * Lets a consumer group read again what follows a cursor.
   *
   * @returns whether there is such a group
   * @throws Error of Redis, when it does not answer
   */
  async rewind(group: string, { transactionId, sequence }: EventCursor): Promise<boolean> {
    try {
      await this.redis.client?.xgroup('SETID', this.key, group, `${transactionId}-${sequence}`);
      return this.redis.client !== undefined;
    } catch (error) {
      if (error instanceof Error && /NOGROUP|requires the key to exist/.test(error.message)) return false;
      throw error;
    }
  }

  private get key(): string {
    return `${this.redis.settings.keyPrefix}revocations`;
  }

  private wake(): void {
    this.isStale = true;
    this.running ??= this.run().finally(() => {
      this.running = undefined;
    });
  }

  private async run(): Promise<void> {
    try {
      while (this.isStale && !this.isStopping) {
        this.isStale = false;
        await this.database.ifLeader(LEADER_LOCK, (transaction) => this.lead(transaction));
      }
      this.failure = undefined;
    } catch (error) {
      this.failure = error instanceof Error ? error.message : 'unknown';
      this.logger.warn({ err: error }, 'events wait for Redis or Postgres');
    }
  }

  private async lead(transaction: Transaction): Promise<void> {
    await this.outbox.deleteOlderThan(transaction, this.settings.retention, FORGET_BATCH);
    const { client } = this.redis;
    if (client?.status !== 'ready') return;
    const events = await this.outbox.readAfter(await this.lastDelivered(client), BATCH);
    await this.add(client, events);
    if (events.length > 0)
      await client.xtrim(this.key, 'MINID', '~', String(await this.outbox.forgottenTo()));
    if (events.length === BATCH) this.isStale = true;
  }

  private async lastDelivered(client: RedisClient): Promise<EventCursor> {
    const [last] = await client.xrevrange(this.key, '+', '-', 'COUNT', 1);
    return (last && EventCursor.parse(last[0])) ?? EventCursor.start;
  }

  private async add(client: RedisClient, events: readonly StoredEvent[]): Promise<void> {
    const pipeline = client.pipeline();
    for (const event of events) {
      pipeline.xadd(this.key, String(event.cursor), ...Object.entries(eventDocument(event)).flat());
    }
    for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error;
  }
}
