import { Injectable, Logger } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { Metrics } from '../../metrics/metrics.js';
import { type Tally } from '../../metrics/tally.js';
import { type DenylistEntry } from './denylist-entry.js';
import { isLeaseOf, vouchesFor } from './denylist-lease.js';
import { DenylistLeaseRepository } from './denylist-lease.repository.js';
import { DenylistStore } from './denylist-store.js';

/** Clocks of replicas and of Postgres may be so far apart (milliseconds) that a cutoff can't be judged here. */
const CLOCK_TOLERANCE_MS = 60_000;
/** For so long a store that did not answer is not asked. */
const COLD_MS = 1_000;
const WRITE_ATTEMPTS = 3;
const WRITE_RETRY_MS = 50;
/** For so long a store that took in nothing is not written to. */
const LOST_MS = 5_000;
/** After a revocation that could not be listed nobody keeps the denylist for so long. */
const PAUSE_MS = 10_000;

/** `cold`: the store is out of reach; `unvouched`: nobody answers for its being complete. */
const LOOK_UPS = ['cleared', 'listed', 'cold', 'unvouched'] as const;
type LookUp = (typeof LOOK_UPS)[number];

/**
 * A quick look at whether an access token could have been revoked.
 *
 * It never says that a token is dead, only that one is certainly not revoked; all else Postgres decides. So
 * it may lose everything (law L8), list too much, or be away. What it must never do is vouch for a token
 * after its revocation was acknowledged (law L2): a revocation returns once its entry is where the lease is,
 * or once no lease can be valid any more. See docs/adr/0013.
 */
@Injectable()
export class Denylist {
  private readonly logger = new Logger(Denylist.name);
  private coldUntil = 0;
  private lostUntil = 0;
  private readonly lookUps: Tally<LookUp>;

  constructor(
    private readonly store: DenylistStore,
    private readonly leases: DenylistLeaseRepository,
    metrics: Metrics,
  ) {
    const help = 'Questions to the denylist, by what it said; all but the cleared go to Postgres.';
    this.lookUps = metrics.tally({ name: 'regrant_denylist_lookups_total', help }, 'outcome', LOOK_UPS);
  }

  /**
   * Whether a token is certainly not revoked.
   *
   * @param keys those under which it could be listed, see `keysOf`
   * @param issuedAt milliseconds since the epoch
   */
  async clears(keys: readonly string[], issuedAt: number): Promise<boolean> {
    const outcome = await this.lookUp(keys, issuedAt);
    this.lookUps.count(outcome);
    return outcome === 'cleared';
  }

  /** Whether it is believed just now: what it does not list is not revoked. */
  async isBelieved(): Promise<boolean> {
    return (await this.lookUp([], 0)) === 'cleared';
  }

  private async lookUp(keys: readonly string[], issuedAt: number): Promise<LookUp> {
    const { identity } = this.store;
    if (identity === undefined || performance.now() < this.coldUntil) return 'cold';
    try {
      const { lease, issuedUpTo } = await this.store.read(keys);
      if (!vouchesFor(identity, lease)) return 'unvouched';
      const isListed = issuedUpTo.some((moment) => issuedAt <= moment + CLOCK_TOLERANCE_MS);
      return isListed ? 'listed' : 'cleared';
    } catch {
      this.coldUntil = performance.now() + COLD_MS;
      return 'cold';
    }
  }

  /**
   * Lists what was revoked, after the commit. When it returns nobody vouches for it any more.
   *
   * @throws when that is not certain, because neither the store nor Postgres answers
   */
  async add(entries: readonly DenylistEntry[]): Promise<void> {
    const written = await this.write(entries);
    if (written && isLeaseOf(written.server, written.lease)) return;
    const broken = await this.leases.break(written ? 0 : PAUSE_MS);
    // The server that had the lease has lost it, and has the entry for when it gets the next one.
    if (!broken || broken.server === written?.server) return;
    this.logger.warn('a revocation did not reach the denylist, which is not believed for a while');
    await delay(broken.remaining);
  }

  /** @returns to which server, and the lease that it had then; `undefined` when it was out of reach */
  private async write(
    entries: readonly DenylistEntry[],
  ): Promise<{ server: string; lease: string | undefined } | undefined> {
    for (let attempt = 1; attempt <= WRITE_ATTEMPTS; attempt += 1) {
      const { identity: server } = this.store;
      if (server === undefined || performance.now() < this.lostUntil) return undefined;
      try {
        return { server, lease: await this.store.write(entries) };
      } catch {
        await delay(WRITE_RETRY_MS);
      }
    }
    this.lostUntil = performance.now() + LOST_MS;
    return undefined;
  }
}
