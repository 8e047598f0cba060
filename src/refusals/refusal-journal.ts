import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { RandomSource } from '../common/random-source.js';
import { lowestUuidAt } from '../common/uuid-time.js';
import { refusalsConfig, type RefusalsSettings } from '../config/refusals.config.js';
import { Sweeper } from '../database/sweeper.js';
import { type RefusedRequest, type NotedRefusal } from './refused-request.js';
import { RefusalRepository } from './refusal.repository.js';

const FLUSH_MS = 500;
/** Refusals of one flush: a flood of forged tokens must not become a flood of writes. */
const MAX_PER_FLUSH = 100;
/** Of one client, or of nobody known: one that loops must not hide the others. */
const MAX_PER_CLIENT = 25;
const SWEEP_BATCH = 1_000;

/**
 * Remembers refused requests, so that an admin who is given a request id learns which check failed. Written in
 * batches, after the answer; beyond so many at a time they are counted and forgotten. What is lost costs nobody a
 * token.
 */
@Injectable()
export class RefusalJournal implements OnModuleDestroy {
  private readonly logger = new Logger(RefusalJournal.name);
  private waiting: NotedRefusal[] = [];
  private readonly waitingByClient = new Map<string | undefined, number>();
  private dropped = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly repository: RefusalRepository,
    private readonly clock: Clock,
    private readonly random: RandomSource,
    @Inject(refusalsConfig.KEY) private readonly settings: RefusalsSettings,
    sweeper: Sweeper,
  ) {
    sweeper.register('refusals', () => this.sweep());
  }

  get isOn(): boolean {
    return this.settings.retention > 0;
  }

  note(refusal: Omit<RefusedRequest, 'occurredAt'>): void {
    const ofClient = this.waitingByClient.get(refusal.clientId) ?? 0;
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_MS).unref();
    if (this.waiting.length >= MAX_PER_FLUSH || ofClient >= MAX_PER_CLIENT) {
      this.dropped += 1;
      return;
    }
    this.waitingByClient.set(refusal.clientId, ofClient + 1);
    this.waiting.push({ ...refusal, id: this.random.uuid(), occurredAt: this.clock.now() });
  }

  async onModuleDestroy(): Promise<void> {
    await this.flush();
  }

  private async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { waiting, dropped } = this;
    this.waiting = [];
    this.dropped = 0;
    this.waitingByClient.clear();
    if (dropped > 0) this.logger.warn({ dropped }, 'more refusals than the journal takes');
    if (waiting.length === 0) return;
    await this.repository.insert(waiting).catch((error: unknown) => {
      this.logger.warn({ err: error, lost: waiting.length }, 'refusals were not noted');
    });
  }

  private async *sweep(): AsyncGenerator<number> {
    const before = lowestUuidAt(this.clock.now().getTime() - this.settings.retention * 1000);
    let deleted = SWEEP_BATCH;
    while (deleted === SWEEP_BATCH) {
      deleted = await this.repository.deleteBefore(before, SWEEP_BATCH);
      yield deleted === SWEEP_BATCH ? 0 : 1;
    }
  }
}
