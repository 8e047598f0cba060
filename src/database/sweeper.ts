import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { PROCESS_ROLE, type ProcessRole } from '../common/process-role.js';
import { purgeConfig, type PurgeSettings } from '../config/purge.config.js';
import { Database } from './database.js';
import { type Statement } from './sql-session.js';

/** One pass over what may be over, a small statement for each step. Tells how far it is, 0 to 1. */
export type Sweep = () => AsyncIterable<number>;

/** Whoever changes the row sweeps; the others find it changed. */
const BEGIN: Statement = {
  name: 'sweep_begin',
  text: `
    INSERT INTO sweep AS s (name, started_at) VALUES ($1, clock_timestamp())
    ON CONFLICT (name) DO UPDATE SET started_at = excluded.started_at
    WHERE s.started_at <= clock_timestamp() - make_interval(secs => $2)
    RETURNING name`,
};

const LOOK_EVERY_MS = 60_000;

/** Has what is over deleted, every `PURGE_INTERVAL`, by one replica, in steps that leave room for the load. */
@Injectable()
export class Sweeper implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(Sweeper.name);
  private readonly sweeps = new Map<string, Sweep>();
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  constructor(
    private readonly database: Database,
    @Inject(purgeConfig.KEY) private readonly settings: PurgeSettings,
    @Inject(PROCESS_ROLE) private readonly role: ProcessRole,
  ) {}

  /** @param name of what is swept, the same on every replica */
  register(name: string, sweep: Sweep): void {
    this.sweeps.set(name, sweep);
  }

  /** Of all that is swept. */
  get names(): readonly string[] {
    return [...this.sweeps.keys()];
  }

  onModuleInit(): void {
    const { interval } = this.settings;
    if (interval === 0 || this.role === 'one-off') return;
    this.timer = setInterval(
      () => {
        this.running ??= this.sweepDue().finally(() => {
          this.running = undefined;
        });
      },
      Math.min(interval * 1000, LOOK_EVERY_MS),
    ).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    this.stopping.abort();
    await this.running;
  }

  /** Runs a sweep to its end, whenever the last one was, with a small wait between the steps. */
  async run(name: string, onProgress: (progress: number) => void = () => undefined): Promise<void> {
    const sweep = this.sweeps.get(name);
    if (!sweep) throw new Error(`there is no sweep called ${name}`);
    for await (const progress of sweep()) {
      onProgress(progress);
      if (this.stopping.signal.aborted) return;
      await delay(this.settings.pauseMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  private async sweepDue(): Promise<void> {
    for (const name of this.sweeps.keys()) {
      try {
        const isOurs = await this.database.query(BEGIN, [name, this.settings.interval]);
        if (isOurs.length > 0) await this.run(name);
      } catch (error) {
        this.logger.warn({ err: error }, `${name} were not swept`);
      }
    }
  }
}
