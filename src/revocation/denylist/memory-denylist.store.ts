import { LRUCache } from 'lru-cache';
import { randomUUID } from 'node:crypto';
import { REVOCATION_WINDOW } from '../../common/revocation-window.js';
import { type DenylistEntry } from './denylist-entry.js';
import { type DenylistReading, DenylistStore } from './denylist-store.js';

/** The denylist of a process without Redis. A second process on the same database has no lease, and asks Postgres. */
export class MemoryDenylistStore extends DenylistStore {
  readonly identity = randomUUID();
  private readonly entries = new LRUCache<string, number>({
    ttl: REVOCATION_WINDOW * 1000,
    ttlAutopurge: true,
  });
  private lease: { readonly value: string; readonly deadline: number } | undefined;

  now(): Promise<number> {
    return Promise.resolve(performance.now());
  }

  read(keys: readonly string[]): Promise<DenylistReading> {
    const issuedUpTo = keys
      .map((key) => this.entries.get(key))
      .filter((moment): moment is number => moment !== undefined);
    return Promise.resolve({ lease: this.currentLease, issuedUpTo });
  }

  write(entries: readonly DenylistEntry[]): Promise<string | undefined> {
    for (const { key, issuedUpTo } of entries) {
      this.entries.set(key, Math.max(issuedUpTo, this.entries.get(key) ?? 0));
    }
    return Promise.resolve(this.currentLease);
  }

  setLease(value: string, deadline: number): Promise<void> {
    this.lease = { value, deadline };
    return Promise.resolve();
  }

  replaceLease(from: string, to: string, deadline: number): Promise<boolean> {
    if (this.currentLease !== from) return Promise.resolve(false);
    this.lease = { value: to, deadline };
    return Promise.resolve(true);
  }

  private get currentLease(): string | undefined {
    return this.lease && this.lease.deadline > performance.now() ? this.lease.value : undefined;
  }
}
