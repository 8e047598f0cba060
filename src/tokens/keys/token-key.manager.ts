import { Injectable } from '@nestjs/common';
import { type JWK } from 'jose';
import { Clock } from '../../common/clock.js';
import { OAuthError } from '../../common/oauth-error.js';
import { Database } from '../../database/database.js';
import { type Transaction } from '../../database/sql-session.js';
import { type KeyLife, lifeOf, mayHaveBegun } from './key-schedule.js';
import { KeyScheduler } from './key-scheduler.js';
import { type TokenKeyEntity } from './token-key.entity.js';
import { type KeyAlgorithm } from './token-key.js';
import { TokenKeyRepository } from './token-key.repository.js';
import { TokenKeyService } from './token-key.service.js';

/** A key as an admin may see it: nothing of its private part. */
export interface ManagedKey extends KeyLife {
  readonly kid: string;
  readonly algorithm: KeyAlgorithm;
  /** None for a symmetric key. */
  readonly publicJwk: JWK | null;
  readonly createdAt: Date;
  readonly activeFrom: Date;
}

/** A key that is to be made. */
export interface KeyOrder {
  readonly algorithm: KeyAlgorithm;
  /** From when on it is to sign: a time, or `now`, and then caches of the JWKS lack it; or as the schedule has it. */
  readonly activeFrom?: Date | 'now';
}

/** Of one algorithm: a JWKS that grew without end would be a burden to all who fetch it. */
const MAX_KEYS = 20;

/**
 * Changes to the keys that an admin asks for. All are made under the schedule's lock, by what is there then,
 * and every replica follows. The schedule goes on around them.
 */
@Injectable()
export class TokenKeyManager {
  constructor(
    private readonly database: Database,
    private readonly repository: TokenKeyRepository,
    private readonly scheduler: KeyScheduler,
    private readonly keys: TokenKeyService,
    private readonly clock: Clock,
  ) {}

  /** Those that sign, that will, and that did while a token of theirs may be alive. */
  async list(transaction?: Transaction): Promise<ManagedKey[]> {
    const keys = await this.repository.findAll(transaction);
    return keys.map((key) => this.describe(key, keys));
  }

  /** @param transaction given where nobody else is to change any key before it ends */
  async find(kid: string, transaction?: Transaction): Promise<ManagedKey | undefined> {
    if (transaction) await this.repository.lockSchedule(transaction);
    return (await this.list(transaction)).find((key) => key.kid === kid);
  }

  /** The algorithms that keys are made for. */
  get algorithms(): readonly KeyAlgorithm[] {
    return this.scheduler.algorithms;
  }

  /** When a key that is made now can sign without a cache of the JWKS that lacks it. */
  get earliestActivation(): Date {
    return this.fromNow(this.scheduler.cacheLifetime);
  }

  /** Publishes a key at once, which signs from its time on. @throws OAuthError 409 when there are too many */
  create({ algorithm, activeFrom }: KeyOrder, transaction?: Transaction): Promise<ManagedKey> {
    const { publishAhead } = this.scheduler.schedule;
    const from = activeFrom === 'now' ? this.fromNow(0) : (activeFrom ?? this.fromNow(publishAhead));
    return this.change(transaction, async (locked, keys) => {
      if (keys.filter((key) => key.algorithm === algorithm).length >= MAX_KEYS)
        throw OAuthError.conflict(`there are ${MAX_KEYS} keys of this algorithm already`);
      const key = await this.scheduler.publish(locked, algorithm, from);
      return this.describe(key, [...keys, key]);
    });
  }

  /**
   * Has the key that signs hand over to the next one now. One that has retired stays as it is.
   *
   * @returns `undefined` when there is no such key
   * @throws OAuthError 409 when it has not begun, or no other key has been published for long enough
   */
  retire(kid: string, transaction?: Transaction): Promise<ManagedKey | undefined> {
    return this.change(transaction, async (locked, keys) => {
      const key = keys.find((one) => one.kid === kid);
      if (!key) return undefined;
      const described = this.describe(key, keys);
      if (described.state === 'next') throw OAuthError.conflict('the key has not begun to sign: delete it');
      if (described.state === 'active') await this.handOver(locked, key, keys);
      return this.find(kid, locked);
    });
  }

  /**
   * Removes a key that has never signed.
   *
   * @returns whether there was such a key
   * @throws OAuthError 409 when it may have signed, by the clock of whichever replica
   */
  cancel(kid: string, transaction?: Transaction): Promise<boolean> {
    return this.change(transaction, async (locked, keys) => {
      const key = keys.find((one) => one.kid === kid);
      if (key && mayHaveBegun(this.clock.now(), key))
        throw OAuthError.conflict('the key may have signed: retire it, or revoke it');
      await this.repository.deleteByKids(locked, key ? [kid] : []);
      return key !== undefined;
    });
  }

  /**
   * Removes a key, whatever it is used for; where it signed a new one does so at once. The tokens of the key
   * are the caller's.
   *
   * @returns the key as it was, or `undefined` when there is no such key
   */
  withdraw(transaction: Transaction, kid: string): Promise<ManagedKey | undefined> {
    return this.change(transaction, async (locked, keys) => {
      const key = keys.find((one) => one.kid === kid);
      if (!key) return undefined;
      const described = this.describe(key, keys);
      await this.repository.deleteByKids(locked, [kid]);
      // Not the next one: whoever has got hold of this key may have that one too.
      if (described.state === 'active') await this.scheduler.publish(locked, key.algorithm, this.clock.now());
      return described;
    });
  }

  /** To the first that waits, which every cache must have by now. */
  private async handOver(
    transaction: Transaction,
    from: TokenKeyEntity,
    keys: readonly TokenKeyEntity[],
  ): Promise<void> {
    const now = this.clock.now();
    const publishedBy = new Date(now.getTime() - this.scheduler.cacheLifetime * 1000);
    const successor = keys.find(
      ({ algorithm, activeFrom, createdAt }) =>
        algorithm === from.algorithm && activeFrom > now && createdAt <= publishedBy,
    );
    if (!successor || !(await this.repository.advance(transaction, successor.kid, now)))
      throw OAuthError.conflict('no other key is there that every cache of the JWKS has by now');
  }

  private change<Result>(
    transaction: Transaction | undefined,
    work: (transaction: Transaction, keys: readonly TokenKeyEntity[]) => Promise<Result>,
  ): Promise<Result> {
    return this.database.join(transaction, async (locked) => {
      await this.repository.lockSchedule(locked);
      locked.afterCommit(() => this.keys.changed());
      return work(locked, await this.repository.findAll(locked));
    });
  }

  private describe(key: TokenKeyEntity, keys: readonly TokenKeyEntity[]): ManagedKey {
    const { kid, algorithm, publicJwk, createdAt, activeFrom } = key;
    const life = lifeOf(this.clock.now(), key, keys, this.scheduler.schedule.retention);
    return { kid, algorithm, publicJwk, createdAt, activeFrom, ...life };
  }

  private fromNow(seconds: number): Date {
    return new Date(this.clock.now().getTime() + seconds * 1000);
  }
}
