import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { type Statement } from '../../database/sql-session.js';

const TAKE: Statement = {
  name: 'denylist_lease_take',
  text: `
    UPDATE denylist_lease
    SET keeper = $1, server = $2, revision = revision + 1,
      valid_until = clock_timestamp() + make_interval(secs => $3 / 1000.0)
    WHERE valid_until < clock_timestamp() AND not_before < clock_timestamp()
    RETURNING revision::text`,
};

const RENEW: Statement = {
  name: 'denylist_lease_renew',
  text: `
    UPDATE denylist_lease SET valid_until = clock_timestamp() + make_interval(secs => $3 / 1000.0)
    WHERE keeper = $1 AND revision = $2::bigint AND valid_until > clock_timestamp()
    RETURNING revision::text`,
};

const RELEASE: Statement = {
  name: 'denylist_lease_release',
  text: `UPDATE denylist_lease SET keeper = NULL, valid_until = '-infinity' WHERE keeper = $1 AND revision = $2::bigint`,
};

const BREAK: Statement = {
  name: 'denylist_lease_break',
  text: `
    UPDATE denylist_lease
    SET keeper = NULL, revision = revision + 1,
      not_before = greatest(not_before, clock_timestamp() + make_interval(secs => $1 / 1000.0))
    WHERE valid_until > clock_timestamp()
    RETURNING server, 1000 * extract(epoch FROM valid_until - clock_timestamp())::float8 AS remaining`,
};

export interface BrokenLease {
  readonly server: string;
  /** Milliseconds. */
  readonly remaining: number;
}

/** The lease of the denylist, as Postgres knows it. Every change is a compare-and-set. */
@Injectable()
export class DenylistLeaseRepository {
  constructor(private readonly database: Database) {}

  /**
   * @param server the store that is to have the lease
   * @returns the revision, where the lease was free
   */
  async take(keeper: string, server: string, milliseconds: number): Promise<string | undefined> {
    const [row] = await this.database.query<{ revision: string }>(TAKE, [keeper, server, milliseconds]);
    return row?.revision;
  }

  /** @returns whether it was still the keeper's */
  async renew(keeper: string, revision: string, milliseconds: number): Promise<boolean> {
    return (await this.database.query(RENEW, [keeper, revision, milliseconds])).length === 1;
  }

  /** Ends the lease now: no store has it any more. */
  async release(keeper: string, revision: string): Promise<void> {
    await this.database.query(RELEASE, [keeper, revision]);
  }

  /**
   * Ends the lease: it is not renewed any more, nor given anew for a while.
   *
   * @param pause milliseconds before which nobody gets it again
   * @returns the server that has it, and for how many milliseconds it still may; `undefined` when none has
   */
  async break(pause: number): Promise<BrokenLease | undefined> {
    const [row] = await this.database.query<BrokenLease>(BREAK, [pause]);
    return row;
  }
}
