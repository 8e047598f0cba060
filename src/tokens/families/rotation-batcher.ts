import { Inject, Injectable } from '@nestjs/common';
import { OAuthError } from '../../common/oauth-error.js';
import { isTransientFault } from '../../common/transient-fault.js';
import { rotationConfig, type RotationSettings } from '../../config/rotation.config.js';
import { Database } from '../../database/database.js';
import { type TokenFamily } from './token-family.js';
import { type RotationMember, TokenFamilyRepository } from './token-family.repository.js';

interface Waiting {
  readonly member: RotationMember;
  readonly isAbandoned?: () => boolean;
  readonly resolve: (family: TokenFamily | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Folds the rotations that arrive while statements are under way into the next one, so that they share a
 * commit. A rotation that finds a lane free waits for nobody.
 *
 * A family is in one statement at a time, and the members of each are in the order of their ids, so that
 * lanes neither wait for each other nor deadlock.
 */
@Injectable()
export class RotationBatcher {
  private readonly queue: Waiting[] = [];
  private readonly underWay = new Set<string>();
  private busyLanes = 0;
  private isDispatching = false;

  constructor(
    private readonly database: Database,
    private readonly repository: TokenFamilyRepository,
    @Inject(rotationConfig.KEY) private readonly settings: RotationSettings,
  ) {}

  /**
   * @returns the family, rotated, or `undefined` when the statement's condition did not hold
   * @param isAbandoned whether nobody waits for it any more; asked until the rotation is sent, and not after
   * @throws OAuthError 503 at once when too many wait; or what Postgres' failure was, and then nothing is known
   */
  async rotate(member: RotationMember, isAbandoned?: () => boolean): Promise<TokenFamily | undefined> {
    if (this.settings.lanes === 0) return (await this.repository.rotate(this.database, [member]))[0];
    if (this.queue.length >= this.settings.queueLimit) {
      throw OAuthError.temporarilyUnavailable({ detail: 'the rotation queue is full' });
    }
    return new Promise((resolve, reject) => {
      this.queue.push({ member, isAbandoned, resolve, reject });
      this.dispatchSoon();
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
      void this.run(batch).finally(() => {
        this.busyLanes -= 1;
        for (const { member } of batch) this.underWay.delete(member.familyId);
        this.dispatchSoon();
      });
    }
  }

  /** The longest waiting, but for those that were abandoned, and those whose family is under way: they keep their place. */
  private takeBatch(): Waiting[] {
    const batch: Waiting[] = [];
    const left: Waiting[] = [];
    for (const waiting of this.queue.splice(0)) {
      const { familyId } = waiting.member;
      if (waiting.isAbandoned?.()) {
        waiting.reject(OAuthError.temporarilyUnavailable({ detail: 'the client has gone' }));
      } else if (batch.length >= this.settings.batchSize || this.underWay.has(familyId)) {
        left.push(waiting);
      } else {
        this.underWay.add(familyId);
        batch.push(waiting);
      }
    }
    this.queue.push(...left);
    return batch.sort((one, other) => (one.member.familyId < other.member.familyId ? -1 : 1));
  }

  private async run(batch: readonly Waiting[]): Promise<void> {
    try {
      const members = batch.map(({ member }) => member);
      const families = await this.repository.rotate(this.database, members);
      const byId = new Map(families.map((family) => [family.id, family]));
      for (const { member, resolve } of batch) resolve(byId.get(member.familyId));
    } catch (error) {
      await this.settle(batch, error);
    }
  }

  /**
   * After a fault of the server nothing is known of any member. A statement that was wrong has done nothing:
   * its members are tried one by one, so that the one it was wrong for does not fail its neighbours.
   */
  private async settle(batch: readonly Waiting[], error: unknown): Promise<void> {
    if (isTransientFault(error) || batch.length === 1) {
      for (const { reject } of batch) reject(error);
    } else {
      for (const waiting of batch) await this.run([waiting]);
    }
  }
}
