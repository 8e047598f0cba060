import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { Clock } from '../../common/clock.js';
import { OAuthError } from '../../common/oauth-error.js';
import { PROCESS_ROLE, type ProcessRole } from '../../common/process-role.js';
import { keysConfig, type KeysSettings } from '../../config/keys.config.js';
import { Broadcast } from '../../redis/broadcast.js';
import { activeKey } from './key-schedule.js';
import { KeyScheduler } from './key-scheduler.js';
import { type TokenKeyEntity } from './token-key.entity.js';
import { TokenKeyFactory } from './token-key.factory.js';
import { type KeyAlgorithm, type TokenKey } from './token-key.js';
import { TokenKeyRepository } from './token-key.repository.js';

/** Each replica looks at the schedule and at what the others did this often; `publishAhead` is longer. */
const TICK_MS = 5_000;
const TOPIC = 'token-keys-changed';

/**
 * The keys that tokens are signed and encrypted with, in memory. A change is told to every replica at once;
 * a look every few seconds is the backstop.
 */
@Injectable()
export class TokenKeyService implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(TokenKeyService.name);
  private keys: readonly TokenKey[] = [];
  private localJwks = createLocalJWKSet({ keys: [] });
  private timer: NodeJS.Timeout | undefined;
  private ticking: Promise<void> | undefined;
  private reading: Promise<void> = Promise.resolve();
  /** Has not begun: it is good enough for whoever asks meanwhile. */
  private nextReading: Promise<void> | undefined;

  constructor(
    private readonly scheduler: KeyScheduler,
    private readonly repository: TokenKeyRepository,
    private readonly factory: TokenKeyFactory,
    private readonly broadcast: Broadcast,
    private readonly clock: Clock,
    @Inject(keysConfig.KEY) private readonly settings: KeysSettings,
    @Inject(PROCESS_ROLE) private readonly role: ProcessRole,
  ) {}

  async onModuleInit(): Promise<void> {
    this.broadcast.listen(TOPIC, () => {
      this.reload().catch((error: unknown) => {
        this.logger.error({ err: error }, 'the keys could not be read');
      });
    });
    if (this.role === 'one-off') {
      await this.reload();
      return;
    }
    await this.followSchedule();
    this.timer = setInterval(() => {
      this.tick();
    }, TICK_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.ticking;
    await this.reading.catch(() => undefined);
  }

  /** The algorithms that tokens can be signed with, for metadata. */
  get signingAlgorithms(): readonly string[] {
    return this.settings.algorithms;
  }

  /** @throws OAuthError 503 when there is no key of the algorithm: nothing is lost, the client may retry */
  current(algorithm: KeyAlgorithm): TokenKey {
    const key = activeKey(this.clock.now(), algorithm, this.keys);
    if (!key) throw OAuthError.temporarilyUnavailable({ detail: `no key for ${algorithm}` });
    return key;
  }

  /** Whether every algorithm has a key that signs now. */
  get isReady(): boolean {
    const now = this.clock.now();
    return this.scheduler.algorithms.every((algorithm) => activeKey(now, algorithm, this.keys) !== undefined);
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
    await this.scheduler.follow();
    await this.reload();
  }

  /** Has every replica read the keys again, this one before it resolves. After the change is committed. */
  async changed(): Promise<void> {
    await Promise.all([this.broadcast.send(TOPIC, ''), this.reload()]);
  }

  /** One after the other: what was read before a change must not take the place of what was read after it. */
  private reload(): Promise<void> {
    this.nextReading ??= this.reading
      .catch(() => undefined)
      .then(() => {
        this.nextReading = undefined;
        return this.read();
      });
    this.reading = this.nextReading;
    return this.reading;
  }

  private async read(): Promise<void> {
    const entities = await this.repository.findAll();
    const keys = await Promise.all(entities.map((entity) => this.open(entity)));
    const isSame = keys.length === this.keys.length && keys.every((key) => this.keys.includes(key));
    if (isSame) return;
    this.keys = keys;
    this.localJwks = createLocalJWKSet(this.published);
  }

  /** What is open already is the same object again. */
  private async open(entity: TokenKeyEntity): Promise<TokenKey> {
    const known = this.keys.find(({ kid }) => kid === entity.kid);
    if (!known) return this.factory.open(entity);
    const { activeFrom } = entity;
    return known.activeFrom.getTime() === activeFrom.getTime() ? known : { ...known, activeFrom };
  }

  private tick(): void {
    this.ticking ??= this.followSchedule()
      .catch((error: unknown) => {
        this.logger.error({ err: error }, 'the key schedule could not be followed');
      })
      .finally(() => {
        this.ticking = undefined;
      });
  }
}
