import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { createHash } from 'node:crypto';
import { RateLimiterMemory, RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';
import { Metrics } from '../metrics/metrics.js';
import { type Tally } from '../metrics/tally.js';
import { Broadcast } from './broadcast.js';
import { RedisConnection } from './redis.connection.js';

export interface AttemptLimit {
  /** What is limited, part of the Redis key and a label of metrics. */
  readonly name: string;
  /** Failures borne in one window. */
  readonly failures: number;
  /** Seconds. */
  readonly window: number;
}

/**
 * Counts failed attempts by key and says how long the next must wait.
 *
 * Each process counts in memory, which costs a caller in good standing no round trip; failures are counted
 * in Redis too, so that replicas share the limit. Without Redis each process counts for itself.
 */
export class AttemptLimiter {
  /** When all that is counted here is over, by `performance.now()`: from then on nobody has to be looked up. */
  private quietFrom = 0;

  constructor(
    private readonly here: RateLimiterMemory,
    private readonly shared: RateLimiterRedis | undefined,
    private readonly announce: (id: string, wait: number) => void,
  ) {}

  /** Seconds that the key must wait, 0 when it may try now. As this process knows it, see {@link block}. */
  async wait(key: string): Promise<number> {
    if (performance.now() >= this.quietFrom) return 0;
    const state = await this.here.get(digest(key));
    return state && state.consumedPoints > this.here.points ? seconds(state) : 0;
  }

  /** Counts a failure. @returns seconds to wait, 0 while the limit is not passed */
  async fail(key: string): Promise<number> {
    const id = digest(key);
    this.remember(this.here.duration);
    const states = [await count(this.here, id), this.shared ? await count(this.shared, id) : undefined];
    const [here = 0, shared = 0] = states.map((state) =>
      state && state.consumedPoints > this.here.points ? seconds(state) : 0,
    );
    const wait = Math.max(here, shared);
    if (wait > 0) this.announce(id, wait);
    return wait;
  }

  /** Another replica, or this one, has found that a key must wait: from now on it does so everywhere. */
  async block(id: string, wait: number): Promise<void> {
    this.remember(wait);
    await this.here.block(id, wait);
  }

  /** Forgets the failures of a key that has proved itself. */
  async forgive(key: string): Promise<void> {
    const id = digest(key);
    await this.here.delete(id);
    await this.shared?.delete(id).catch(() => undefined);
  }

  /** @param seconds for which something is counted; a second more, since the counters go by another clock */
  private remember(seconds: number): void {
    this.quietFrom = Math.max(this.quietFrom, performance.now() + (seconds + 1) * 1000);
  }
}

/** Makes limiters on Redis where there is one, in memory otherwise. */
@Injectable()
export class AttemptLimiters {
  private readonly lockOuts: Tally<string>;

  constructor(
    private readonly redis: RedisConnection,
    private readonly broadcast: Broadcast,
    metrics: Metrics,
  ) {
    const help = 'Times that somebody failed so often that the next attempts were refused, by limit.';
    this.lockOuts = metrics.tally({ name: 'regrant_lockouts_total', help }, 'limit');
  }

  create({ name, failures, window }: AttemptLimit): AttemptLimiter {
    const options = { keyPrefix: name, points: failures, duration: window };
    const { client, settings } = this.redis;
    const shared = client && {
      ...options,
      keyPrefix: `${settings.keyPrefix}limit:${name}`,
      storeClient: client,
      rejectIfRedisNotReady: true,
    };
    const topic = `limit:${name}`;
    this.lockOuts.count(name, 0);
    const announce = (id: string, wait: number): void => {
      this.lockOuts.count(name);
      void this.broadcast.send(topic, `${id} ${wait}`);
    };
    const limiter = new AttemptLimiter(
      new RateLimiterMemory(options),
      shared && new RateLimiterRedis(shared),
      announce,
    );
    this.broadcast.listen(topic, (message) => {
      const [id = '', wait = '0'] = message.split(' ');
      void limiter.block(id, Number(wait));
    });
    return limiter;
  }
}

/** A client's key comes again with each of its requests. */
const digests = new LRUCache<string, string>({ max: 1_000 });
const LONGEST_REMEMBERED = 256;

/** Keys come from outside: hashed, they are of one length, and the store holds no user names. */
function digest(key: string): string {
  const known = digests.get(key);
  if (known !== undefined) return known;
  const hash = createHash('sha256').update(key).digest('base64url');
  if (key.length <= LONGEST_REMEMBERED) digests.set(key, hash);
  return hash;
}

/** The state after one more attempt; `undefined` where the store does not answer. */
async function count(
  limiter: RateLimiterMemory | RateLimiterRedis,
  id: string,
): Promise<RateLimiterRes | undefined> {
  return limiter.penalty(id).catch(() => undefined);
}

function seconds(state: RateLimiterRes): number {
  return Math.max(1, Math.ceil(state.msBeforeNext / 1000));
}
