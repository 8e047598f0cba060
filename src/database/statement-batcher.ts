import { OAuthError } from '../common/oauth-error.js';
import { isTransientFault } from '../common/transient-fault.js';

/** What one statement does for many, one of them at a time for each key. */
export interface BatchMember {
  /** Of the row that is changed. */
  readonly key: string;
}

export interface BatchSettings {
  /** Statements under way at the same time; 0 for one per member. */
  readonly lanes: number;
  /** Members of one statement at the most. */
  readonly batchSize: number;
  /** Members that may wait. */
  readonly queueLimit: number;
}

/** Runs the statement for the members, in the order of their keys. @returns results by key */
export type BatchStatement<Member, Result> = (
  members: readonly Member[],
) => Promise<ReadonlyMap<string, Result>>;

/** Is told of what a batcher does. `Origin` is whatever it knows a member by. */
export interface BatchObserver<Origin> {
  /** Asked as a member is added. */
  origin(): Origin;
  /** A member found the queue full. */
  rejected(): void;
  /** Sends a statement for members of these origins. */
  send<Result>(origins: readonly Origin[], statement: () => Promise<Result>): Promise<Result>;
}

const UNOBSERVED: BatchObserver<unknown> = {
  origin: () => undefined,
  rejected: () => undefined,
  send: (_origins, statement) => statement(),
};

interface Waiting<Member, Result> {
  readonly member: Member;
  readonly origin: unknown;
  readonly isAbandoned?: () => boolean;
  readonly resolve: (result: Result | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** So many are worth a statement: there is no waiting for the rest of a turn, which may take longer than it. */
const WORTH_A_STATEMENT = 32;

/**
 * Folds what arrives while statements are under way into the next one, so that many share a commit. What
 * finds a lane free waits for no more than the rest of its turn of the event loop.
 *
 * A row is in one statement at a time, and the members of each are in the order of their keys, so that lanes
 * neither wait for each other nor deadlock.
 */
export class StatementBatcher<Member extends BatchMember, Result> {
  private readonly queue: Waiting<Member, Result>[] = [];
  private readonly underWay = new Set<string>();
  private busyLanes = 0;
  private isDispatching = false;

  constructor(
    private readonly run: BatchStatement<Member, Result>,
    private readonly settings: BatchSettings,
    private readonly observer: BatchObserver<unknown> = UNOBSERVED,
  ) {}

  /** Members that wait for a statement. */
  get queueLength(): number {
    return this.queue.length;
  }

  /**
   * @param isAbandoned whether nobody waits for it any more; asked until the member is sent, and not after
   * @returns what the statement returned for the member, or `undefined` when its condition did not hold
   * @throws OAuthError 503 at once when too many wait; or what Postgres' failure was, and then nothing is known
   */
  async add(member: Member, isAbandoned?: () => boolean): Promise<Result | undefined> {
    const origin = this.observer.origin();
    if (this.settings.lanes === 0) return (await this.execute([{ member, origin }])).get(member.key);
    if (this.queue.length >= this.settings.queueLimit) {
      this.observer.rejected();
      throw OAuthError.temporarilyUnavailable({ detail: 'the queue is full' });
    }
    return new Promise((resolve, reject) => {
      this.queue.push({ member, origin, isAbandoned, resolve, reject });
      // Otherwise all who are answered together would ask together, and event loop and Postgres take turns at work.
      if (this.queue.length >= WORTH_A_STATEMENT) this.dispatch();
      else this.dispatchSoon();
    });
  }

  /** At the end of this turn of the event loop: what arrives in the same turn goes together. */
  private dispatchSoon(): void {
    if (this.isDispatching) return;
    this.isDispatching = true;
    setImmediate(() => {
      this.isDispatching = false;
      this.dispatch();
    });
  }

  private dispatch(): void {
    while (this.busyLanes < this.settings.lanes) {
      const batch = this.takeBatch();
      if (batch.length === 0) return;
      this.busyLanes += 1;
      void this.send(batch).finally(() => {
        this.busyLanes -= 1;
        for (const { member } of batch) this.underWay.delete(member.key);
        this.dispatchSoon();
      });
    }
  }

  /** The longest waiting, but for the abandoned; those whose row is under way keep their place. */
  private takeBatch(): Waiting<Member, Result>[] {
    const batch: Waiting<Member, Result>[] = [];
    const left: Waiting<Member, Result>[] = [];
    for (const waiting of this.queue.splice(0)) {
      const { key } = waiting.member;
      if (waiting.isAbandoned?.()) {
        waiting.reject(OAuthError.temporarilyUnavailable({ detail: 'the client has gone' }));
      } else if (batch.length >= this.settings.batchSize || this.underWay.has(key)) {
        left.push(waiting);
      } else {
        this.underWay.add(key);
        batch.push(waiting);
      }
    }
    this.queue.push(...left);
    return batch.sort((one, other) => (one.member.key < other.member.key ? -1 : 1));
  }

  private async send(batch: readonly Waiting<Member, Result>[]): Promise<void> {
    try {
      const results = await this.execute(batch);
      for (const { member, resolve } of batch) resolve(results.get(member.key));
    } catch (error) {
      await this.settle(batch, error);
    }
  }

  private execute(
    batch: readonly Pick<Waiting<Member, Result>, 'member' | 'origin'>[],
  ): Promise<ReadonlyMap<string, Result>> {
    const members = batch.map(({ member }) => member);
    const origins = batch.map(({ origin }) => origin);
    return this.observer.send(origins, () => this.run(members));
  }

  /**
   * After a fault of the server nothing is known of any member. A statement that was wrong has done nothing:
   * its members are tried one by one, so that the one it was wrong for does not fail its neighbours.
   */
  private async settle(batch: readonly Waiting<Member, Result>[], error: unknown): Promise<void> {
    if (isTransientFault(error) || batch.length === 1) {
      for (const { reject } of batch) reject(error);
    } else {
      for (const waiting of batch) await this.send([waiting]);
    }
  }
}
