import { type Redis } from 'ioredis';
import { REVOCATION_WINDOW } from '../../common/revocation-window.js';
import { type RedisConnection } from '../../redis/redis.connection.js';
import { ServerIdentities } from '../../redis/server-identities.js';
import { type DenylistEntry } from './denylist-entry.js';
import { DenylistQuestion, readingOf } from './denylist-question.js';
import { type DenylistReading, DenylistStore } from './denylist-store.js';

/** Of two cutoffs for one key the later stays, in whatever order they arrive. */
const WRITE = `
  for i = 2, #KEYS do
    local listed = redis.call('GET', KEYS[i])
    if not listed or tonumber(listed) < tonumber(ARGV[i]) then
      redis.call('SET', KEYS[i], ARGV[i], 'EX', ARGV[1])
    end
  end
  return redis.call('GET', KEYS[1])`;

const REPLACE_LEASE = `
  if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
  redis.call('SET', KEYS[1], ARGV[2], 'PXAT', ARGV[3])
  return 1`;

/** So many are worth a command: there is no waiting for the rest of a turn of the event loop. */
const WORTH_A_COMMAND = 32;

/**
 * The denylist in Redis. All its keys share a hash tag, and with it a slot: in a cluster too they are on one
 * server, are lost together or not at all, and are read in one command.
 */
export class RedisDenylistStore extends DenylistStore {
  private readonly identities = new ServerIdentities();
  private readonly prefix: string;
  private readonly leaseKey: string;
  private nextQuestion: DenylistQuestion | undefined;

  constructor(private readonly redis: RedisConnection) {
    super();
    this.prefix = `${redis.settings.keyPrefix}{denylist}:`;
    this.leaseKey = `${this.prefix}lease`;
  }

  get identity(): string | undefined {
    const node = this.redis.nodeOf(this.leaseKey);
    return node && this.identities.of(node);
  }

  async now(): Promise<number> {
    const [[seconds, microseconds], memory] = await Promise.all([this.node.time(), this.node.info('memory')]);
    if (!keepsWhatItHas(memory)) throw new Error('Redis evicts keys: set maxmemory-policy to noeviction');
    return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
  }

  /** What is asked in the same turn of the event loop goes in one command, or in a few. */
  async read(keys: readonly string[]): Promise<DenylistReading> {
    const question = (this.nextQuestion ??= this.beginQuestion());
    const answer = question.add(keys);
    if (question.askers >= WORTH_A_COMMAND) this.send(question);
    return readingOf(await answer, keys);
  }

  async write(entries: readonly DenylistEntry[]): Promise<string | undefined> {
    const keys = entries.map(({ key }) => this.prefix + key);
    const moments = entries.map(({ issuedUpTo }) => issuedUpTo);
    const arguments_ = [this.leaseKey, ...keys, REVOCATION_WINDOW, ...moments];
    return ((await this.node.eval(WRITE, keys.length + 1, ...arguments_)) as string | null) ?? undefined;
  }

  async setLease(lease: string, deadline: number): Promise<void> {
    await this.node.set(this.leaseKey, lease, 'PXAT', deadline);
  }

  async replaceLease(from: string, to: string, deadline: number): Promise<boolean> {
    return (await this.node.eval(REPLACE_LEASE, 1, this.leaseKey, from, to, deadline)) === 1;
  }

  /** Sent at the end of this turn at the latest. */
  private beginQuestion(): DenylistQuestion {
    const question = new DenylistQuestion();
    setImmediate(() => {
      this.send(question);
    });
    return question;
  }

  private send(question: DenylistQuestion): void {
    if (this.nextQuestion === question) this.nextQuestion = undefined;
    question.send(async (keys) => {
      const names = keys.map((key) => this.prefix + key);
      const [lease = null, ...values] = await this.node.mget(this.leaseKey, ...names);
      return { lease, values };
    });
  }

  private get node(): Redis {
    const node = this.redis.nodeOf(this.leaseKey);
    if (!node) throw new Error('no server of the cluster is known to hold the denylist');
    return node;
  }
}

/** A server that evicts could drop an entry and keep the lease. */
function keepsWhatItHas(memory: string): boolean {
  const [, limit] = /^maxmemory:(\d+)/m.exec(memory) ?? [];
  const [, policy] = /^maxmemory_policy:(\S+)/m.exec(memory) ?? [];
  return policy === 'noeviction' || limit === '0';
}
