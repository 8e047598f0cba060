import { type DenylistEntry } from './denylist-entry.js';

/** What one look at the store found, all of it at one moment. */
export interface DenylistReading {
  /** The lease as it stands in the store, see {@link DenylistLease}. */
  readonly lease: string | undefined;
  /** Up to when a token must have been issued to be dead, for each of the keys that is listed. */
  readonly issuedUpTo: readonly number[];
}

/**
 * Where the denylist is kept for a quick look. It may lose everything at any moment, but never a part: what
 * still has the lease still has every entry.
 */
export abstract class DenylistStore {
  /** Which server this is just now, another after a restart or failover; `undefined` while out of reach. */
  abstract get identity(): string | undefined;

  /**
   * The store's own clock, in milliseconds, by which leases end.
   *
   * @throws when it does not answer, or may drop entries as it likes
   */
  abstract now(): Promise<number>;

  abstract read(keys: readonly string[]): Promise<DenylistReading>;

  /** Lists entries; of two for one key the later cutoff stays. @returns the lease, as it stood thereafter */
  abstract write(entries: readonly DenylistEntry[]): Promise<string | undefined>;

  /** Sets the lease, whatever it was. */
  abstract setLease(lease: string, deadline: number): Promise<void>;

  /** Sets the lease if it still is `from`. @returns whether it was */
  abstract replaceLease(from: string, to: string, deadline: number): Promise<boolean>;
}
