import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { Clock } from '../../common/clock.js';
import { OAuthError } from '../../common/oauth-error.js';
import { keysConfig, type KeysSettings } from '../../config/keys.config.js';
import { Database } from '../../database/database.js';
import { type Transaction } from '../../database/sql-session.js';
import { activeKey, planKeys } from './key-schedule.js';
import { TokenKeyFactory } from './token-key.factory.js';
import { type KeyAlgorithm, type TokenKey } from './token-key.js';
import { TokenKeyRepository } from './token-key.repository.js';

/** Any number that no other advisory lock of the service has. */
const SCHEDULE_LOCK = 7_236_002;
/** Each replica looks at the schedule and at what the others did this often; `publishAhead` is longer. */
const TICK_MS = 5_000;
/** No access token lives longer (`ACCESS_TOKEN_LIFETIME` has this bound), nor does a client's own setting allow it. */
const LONGEST_TOKEN_LIFETIME = 86_400;

/**
 * The keys that tokens are signed and encrypted with: made on a schedule by whichever replica looks first,
 * read again by all.
 */
@Injectable()
export class TokenKeyService implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(TokenKeyService.name);
  private keys: readonly TokenKey[] = [];
  private localJwks = createLocalJWKSet({ keys: [] });
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly repository: TokenKeyRepository,
    private readonly factory: TokenKeyFactory,
    private readonly clock: Clock,
    @Inject(keysConfig.KEY) private readonly settings: KeysSettings,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.followSchedule();
    this.timer = setInterval(() => {
      this.followSchedule().catch((error: unknown) => {
        this.logger.error({ err: error }, 'the key schedule could not be followed');
      });
    }, TICK_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** The algorithms that tokens can be signed with, for metadata. */
  get signingAlgorithms(): readonly string[] {
    return this.settings.algorithms;
  }

  /** @throws OAuthError 503 when no key of the algorithm is active: nothing is lost, the client may retry */
  current(algorithm: KeyAlgorithm): TokenKey {
    const key = activeKey(this.clock.now(), algorithm, this.keys);
    if (!key) throw OAuthError.temporarilyUnavailable({ detail: `no key for ${algorithm}` });
    return key;
  }

  /** Whether every algorithm has a key that signs now. */
  get isReady(): boolean {
    const now = this.clock.now();
    return this.algorithms.every((algorithm) => activeKey(now, algorithm, this.keys) !== undefined);
  }

  /** Every key that there is: those that sign now, that will, and that did. */
  get all(): readonly TokenKey[] {
    return this.keys;
  }

  /** The public keys (RFC 7517 §5): those that sign, that will, and that did while a token may be alive. */
  get published(): JSONWebKeySet {
    return { keys: this.keys.flatMap(({ publicJwk }) => publicJwk ?? []) };
  }

  /** Finds the public key that a token's header names. */
  get verificationKeys(): ReturnType<typeof createLocalJWKSet> {
    return this.localJwks;
  }

  /** The secret that an opaque access token was encrypted with, or `undefined` for an unknown `kid`. */
  encryptionKey(kid: string | undefined): TokenKey | undefined {
    return this.keys.find((key) => key.kid === kid && key.algorithm === 'A256CBC-HS512');
  }

  /** Makes and removes what the schedule asks for, and reads what there is. */
  async followSchedule(): Promise<void> {
    await this.database.transaction(async (transaction) => {
      await this.applyPlan(transaction);
    });
    const entities = await this.repository.findAll();
    const known = new Map(this.keys.map((key) => [key.kid, key]));
    const isUnchanged = known.size === entities.length && entities.every(({ kid }) => known.has(kid));
    if (isUnchanged) return;
    this.keys = await Promise.all(
      entities.map(async (entity) => known.get(entity.kid) ?? (await this.factory.open(entity))),
    );
    this.localJwks = createLocalJWKSet(this.published);
  }

  private async applyPlan(transaction: Transaction): Promise<void> {
    const first = this.plan(await this.repository.findAll());
    if (first.create.length + first.remove.length === 0) return;
    await transaction.query({ name: 'key_schedule_lock', text: 'SELECT pg_advisory_xact_lock($1)' }, [
      SCHEDULE_LOCK,
    ]);
    // Another replica may have done it while this one waited.
    const { create, remove } = this.plan(await this.repository.findAll());
    for (const { algorithm, activeFrom } of create) {
      const key = await this.factory.generate(algorithm, activeFrom);
      await this.repository.insert(transaction, key);
      this.logger.log({ kid: key.kid, algorithm, activeFrom }, 'a key is published');
    }
    await this.repository.deleteByKids(transaction, remove);
  }

  private plan(keys: Awaited<ReturnType<TokenKeyRepository['findAll']>>) {
    const { lifetime, publishAhead } = this.settings;
    const schedule = { lifetime, publishAhead, retention: LONGEST_TOKEN_LIFETIME };
    return planKeys(this.clock.now(), this.algorithms, keys, schedule);
  }

  private get algorithms(): readonly KeyAlgorithm[] {
    return [...(this.settings.algorithms as KeyAlgorithm[]), 'A256CBC-HS512'];
  }
}
