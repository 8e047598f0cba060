import { setTimeout as delay } from 'node:timers/promises';
import { type EventStreamSource } from './event-stream-source.js';
import { type FeedProgress } from './feed-progress.js';
import {
  isAfter,
  type RedisStreamClient,
  type RedisStreamConnection,
  type StreamEntry,
} from './redis-stream-client.js';
import { type RevocationDocument } from './revocation-list.js';
import { CursorLostError, type RevocationSource } from './revocation-source.js';

export interface RedisSourceOptions {
  /** An ioredis client; connections of our own are made after its model, since reading blocks. */
  readonly client: RedisStreamClient;
  /** The stream's key: `REDIS_KEY_PREFIX` of the server, and `revocations`. */
  readonly stream?: string;
}

const DEFAULT_STREAM = 'regrant:revocations';
const PAGE = 500;
/** Milliseconds that Redis may wait before it answers that there is nothing new. */
const BLOCK_MS = 1_000;
/** Looks at the server's own stream in the time that word may be old. */
const CHECKS_PER_SILENCE = 3;

/**
 * The copy of the stream that the server keeps in Redis.
 *
 * Redis tells at once of what is in it, but a copy that nobody adds to any more looks like one with nothing
 * to add. So the server's own stream is read up to its end every now and then, from where that was left: only
 * it counts as word from the server, and it brings what the copy lacks.
 */
export class RedisStreamSource implements RevocationSource {
  private readonly client: RedisStreamClient;
  private readonly stream: string;
  /** How far the stream has been read. Not how far the server has told: entries may be lost from a copy. */
  private place = '';
  /** Of the stream when it was last looked at. */
  private newest: string | undefined;

  constructor(
    { client, stream = DEFAULT_STREAM }: RedisSourceOptions,
    private readonly server: EventStreamSource,
    /** Milliseconds without an answer after which Redis is taken for dead. */
    private readonly silenceLimit: number,
  ) {
    this.client = client;
    this.stream = stream;
  }

  async read(progress: FeedProgress, stopping: AbortSignal): Promise<void> {
    const ended = new AbortController();
    const signal = AbortSignal.any([stopping, ended.signal]);
    signal.throwIfAborted();
    this.place = progress.cursor;
    const connection = this.connect(signal);
    const silence = setTimeout(() => {
      ended.abort();
    }, this.silenceLimit);
    const answered = () => silence.refresh();
    try {
      // A connection that is given up need not answer what it was asked, not even by an error.
      await Promise.race([this.keepUp(connection, progress, answered, signal), aborted(signal)]);
    } finally {
      clearTimeout(silence);
      ended.abort();
      connection.disconnect();
    }
  }

  private connect(signal: AbortSignal): RedisStreamConnection {
    const connection = this.client.duplicate();
    // Whatever goes wrong is seen in the answers that do not come.
    connection.on('error', () => undefined);
    signal.addEventListener('abort', () => {
      connection.disconnect();
    });
    return connection;
  }

  private async keepUp(
    connection: RedisStreamConnection,
    progress: FeedProgress,
    answered: () => void,
    signal: AbortSignal,
  ): Promise<void> {
    await this.takeNew(connection, progress);
    await Promise.race([this.follow(connection, progress, answered), this.check(progress, signal)]);
  }

  private async follow(
    connection: RedisStreamConnection,
    progress: FeedProgress,
    answered: () => void,
  ): Promise<never> {
    for (;;) {
      await connection.xread('COUNT', 1, 'BLOCK', BLOCK_MS, 'STREAMS', this.stream, this.place);
      await this.takeNew(connection, progress);
      answered();
    }
  }

  private async check(progress: FeedProgress, signal: AbortSignal): Promise<never> {
    for (;;) {
      await this.server.catchUp(progress, signal);
      await delay(this.silenceLimit / CHECKS_PER_SILENCE, undefined, { signal });
    }
  }

  /** @throws CursorLostError when some of it may have been trimmed, or the stream is not the one it was */
  private async takeNew(connection: RedisStreamConnection, progress: FeedProgress): Promise<void> {
    const { stream } = this;
    const from = isAfter(progress.cursor, this.place) ? progress.cursor : this.place;
    const entries = await connection.xrange(stream, `(${from}`, '+', 'COUNT', PAGE);
    for (const [, fields] of entries) progress.take(documentOf(fields));
    this.place = entries.at(-1)?.[0] ?? from;
    const [first] = await connection.xrange(stream, '-', '+', 'COUNT', 1);
    const [last] = await connection.xrevrange(stream, '+', '-', 'COUNT', 1);
    const wasReplaced = this.newest !== undefined && (!last || isAfter(this.newest, last[0]));
    this.newest = last?.[0];
    if (wasReplaced || (first && isAfter(first[0], from))) {
      throw new CursorLostError('the Redis stream does not reach back to our place');
    }
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(new Error('Redis does not answer, or is not wanted any more'));
    });
  });
}

function documentOf(fields: StreamEntry[1]): RevocationDocument {
  const pairs = fields.flatMap((name, index) => (index % 2 === 0 ? [[name, fields[index + 1]]] : []));
  return Object.fromEntries(pairs) as RevocationDocument;
}
