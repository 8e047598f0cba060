import { Inject, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { keysConfig, type KeysSettings } from '../../config/keys.config.js';
import { Database } from '../../database/database.js';
import { type Transaction } from '../../database/sql-session.js';
import { planKeys, type ScheduledKey, type ScheduleSettings } from './key-schedule.js';
import { type TokenKeyEntity } from './token-key.entity.js';
import { TokenKeyFactory } from './token-key.factory.js';
import { type KeyAlgorithm } from './token-key.js';
import { TokenKeyRepository } from './token-key.repository.js';

/** No access token lives longer (`ACCESS_TOKEN_LIFETIME` has this bound), nor does a client's own setting allow it. */
const LONGEST_TOKEN_LIFETIME = 86_400;
/** Seconds that the JWKS may be cached at the most. */
const LONGEST_CACHE = 300;

/** Makes and removes keys as the schedule has it: whichever replica looks first does, for all. */
@Injectable()
export class KeyScheduler {
  private readonly logger = new Logger(KeyScheduler.name);

  constructor(
    private readonly database: Database,
    private readonly repository: TokenKeyRepository,
    private readonly factory: TokenKeyFactory,
    private readonly clock: Clock,
    @Inject(keysConfig.KEY) private readonly settings: KeysSettings,
  ) {}

  /** The algorithms that a key is kept for: those of `SIGNING_ALGORITHMS`, and that of opaque access tokens. */
  get algorithms(): readonly KeyAlgorithm[] {
    return [...(this.settings.algorithms as KeyAlgorithm[]), 'A256CBC-HS512'];
  }

  get schedule(): ScheduleSettings {
    const { lifetime, publishAhead } = this.settings;
    return { lifetime, publishAhead, retention: LONGEST_TOKEN_LIFETIME };
  }

  /** Seconds that the JWKS may be cached: so far ahead of its use that no cache lacks a key that is scheduled. */
  get cacheLifetime(): number {
    return Math.min(LONGEST_CACHE, Math.floor(this.settings.publishAhead / 2));
  }

  async follow(): Promise<void> {
    await this.database.transaction(async (transaction) => {
      const { create, remove } = this.plan(await this.repository.findAll(transaction));
      if (create.length + remove.length > 0) await this.applyPlan(transaction);
    });
  }

  /** Makes a key. Under the schedule's lock. */
  async publish(
    transaction: Transaction,
    algorithm: KeyAlgorithm,
    activeFrom: Date,
  ): Promise<TokenKeyEntity> {
    const generated = await this.factory.generate(algorithm, activeFrom);
    const key = await this.repository.insert(transaction, generated);
    this.logger.log({ kid: key.kid, algorithm, activeFrom }, 'a key is published');
    return key;
  }

  private async applyPlan(transaction: Transaction): Promise<void> {
    await this.repository.lockSchedule(transaction);
    // Another replica may have done it while this one waited.
    const { create, remove } = this.plan(await this.repository.findAll(transaction));
    for (const { algorithm, activeFrom } of create) await this.publish(transaction, algorithm, activeFrom);
    await this.repository.deleteByKids(transaction, remove);
  }

  private plan(keys: readonly ScheduledKey[]) {
    return planKeys(this.clock.now(), this.algorithms, keys, this.schedule);
  }
}
