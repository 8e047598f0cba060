import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { PROCESS_ROLE, type ProcessRole } from '../../common/process-role.js';
import { REVOCATION_WINDOW } from '../../common/revocation-window.js';
import { type EventCursor } from '../../events/event-cursor.js';
import { OutboxRepository, type StoredEvent } from '../../events/outbox.repository.js';
import { type RevokedThing } from '../../events/revocation-event.js';
import { Metrics } from '../../metrics/metrics.js';
import { entryOf } from './denylist-entry.js';
import { DenylistLease } from './denylist-lease.js';
import { DenylistLeaseRepository } from './denylist-lease.repository.js';
import { DenylistStore } from './denylist-store.js';

const BEAT_MS = 400;
/** The store lets go of the lease before Postgres does, in whatever order their answers come. */
const STORE_LEASE_MS = 2_000;
const LEASE_MS = 2_500;
const PAGE = 500;
/** A deadline that has passed. */
const PAST = 1;

/** A lease in this process' hands. */
interface Tenure {
  readonly revision: string;
  readonly lease: DenylistLease;
  /** The lease as it was last written into the store. */
  written: string;
  isBuilt: boolean;
  /** Up to where the outbox has been followed. */
  cursor: EventCursor;
}

/**
 * Keeps the denylist worth believing: gathers the revocations of as long as a token may live, then renews the
 * lease for as long as store and Postgres both answer. One replica does so; when it falls silent, or the
 * store has lost its memory, the lease lapses and whoever gets it next begins anew.
 */
@Injectable()
export class DenylistKeeper implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(DenylistKeeper.name);
  private readonly id = randomUUID();
  private tenure: Tenure | undefined;
  private timer: NodeJS.Timeout | undefined;
  private beating: Promise<void> | undefined;
  private building: Promise<void> | undefined;

  constructor(
    private readonly store: DenylistStore,
    private readonly leases: DenylistLeaseRepository,
    private readonly outbox: OutboxRepository,
    @Inject(PROCESS_ROLE) private readonly role: ProcessRole,
    metrics: Metrics,
  ) {
    metrics.gauge({
      name: 'regrant_denylist_keepers',
      help: 'Processes that keep the denylist: one of all replicas.',
      collect: (gauge) => {
        gauge.set(this.tenure ? 1 : 0);
      },
    });
  }

  onModuleInit(): void {
    if (this.role === 'one-off') return;
    this.timer = setInterval(() => {
      this.beat();
    }, BEAT_MS).unref();
    this.beat();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.beating;
    const { tenure } = this;
    this.tenure = undefined;
    await this.building;
    if (tenure) await this.release(tenure).catch(() => undefined);
  }

  private beat(): void {
    this.beating ??= this.renewOrTake()
      .catch(() => {
        // Store or Postgres did not answer: the lease lapses, unless the next beat is in time.
      })
      .finally(() => {
        this.beating = undefined;
      });
  }

  private async renewOrTake(): Promise<void> {
    const { tenure } = this;
    if (!tenure) await this.take();
    else if (!(await this.renew(tenure))) this.lose(tenure);
  }

  private async take(): Promise<void> {
    const { identity } = this.store;
    if (identity === undefined) return;
    const now = await this.store.now();
    const revision = await this.leases.take(this.id, identity, LEASE_MS);
    if (revision === undefined) return;
    const lease = new DenylistLease(identity, revision);
    await this.store.setLease(lease.building, now + STORE_LEASE_MS);
    const cursor = await this.outbox.end();
    this.tenure = { revision, lease, written: lease.building, isBuilt: false, cursor };
    this.building = this.build(this.tenure);
  }

  /** What commits from now on is listed by whoever revokes: see `Denylist.add`. */
  private async build(tenure: Tenure): Promise<void> {
    try {
      for await (const events of this.outbox.readCommitted(REVOCATION_WINDOW, PAGE)) {
        if (this.tenure !== tenure) return;
        await this.list(events);
      }
      tenure.isBuilt = true;
    } catch (error) {
      this.logger.warn({ err: error }, 'the denylist could not be built');
      this.lose(tenure);
    }
  }

  private async renew(tenure: Tenure): Promise<boolean> {
    if (!tenure.lease.isOf(this.store.identity)) return false;
    const now = await this.store.now();
    if (tenure.isBuilt) await this.catchUp(tenure);
    if (!(await this.leases.renew(this.id, tenure.revision, LEASE_MS))) return false;
    const next = tenure.isBuilt ? tenure.lease.ready : tenure.lease.building;
    if (!(await this.store.replaceLease(tenure.written, next, now + STORE_LEASE_MS))) return false;
    tenure.written = next;
    return true;
  }

  /** Lists again what was revoked: whoever did may have died between the commit and the listing. */
  private async catchUp(tenure: Tenure): Promise<void> {
    for (;;) {
      const events = await this.outbox.readAfter(tenure.cursor, PAGE);
      await this.list(events);
      tenure.cursor = events.at(-1)?.cursor ?? tenure.cursor;
      if (events.length < PAGE) return;
    }
  }

  private async list(events: readonly StoredEvent[]): Promise<void> {
    if (events.length === 0) return;
    await this.store.write(events.map((event) => entryOf(event as RevokedThing, event.occurredAt.getTime())));
  }

  /** Lets the next one have it at once. */
  private async release({ revision, written }: Tenure): Promise<void> {
    if (await this.store.replaceLease(written, written, PAST)) await this.leases.release(this.id, revision);
  }

  private lose(tenure: Tenure): void {
    if (this.tenure !== tenure) return;
    this.tenure = undefined;
    this.logger.warn('the denylist has lapsed and is built anew');
  }
}
