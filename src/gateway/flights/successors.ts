import { Injectable } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { Clock } from '../../common/clock.js';
import { Sweeper } from '../../database/sweeper.js';
import { GatewayError } from '../authenticator/gateway-error.js';
import { type Asker, type Issuer } from '../issuers/issuer.js';
import { type RouteConfig } from '../routes/gateway-route.js';
import { comesBackAtOnce, isFresh, standsUntil, type Wanted } from './freshness.js';
import { SuccessorRepository } from './successor.repository.js';
import { openRecord, type RecordKeys, recordKeys, sealRecord, type TokenRecord } from './token-record.js';

/** How a route's tokens are renewed. */
export interface Renewal {
  readonly issuer: Issuer;
  readonly config: RouteConfig;
  readonly asker: Asker;
}

/** The newest token that is known to follow from one that was presented. */
interface Newest {
  readonly refreshToken: string;
  readonly keys: RecordKeys;
  readonly version: number;
}

const [FIRST_WAIT_MS, LAST_WAIT_MS] = [10, 100];
/** Records that point at one another lead on as often, at most. */
const MAX_HOPS = 100;
const SWEEP_BATCH = 1_000;

/**
 * Exchanges refresh tokens at their issuer, each once, whoever presents it and on whichever replica.
 *
 * Each token that was exchanged has a record of what for, which only the token opens. So a token that is presented again
 * leads, from record to record, to the newest that follows from it, and only that is exchanged.
 */
@Injectable()
export class Successors {
  constructor(
    private readonly repository: SuccessorRepository,
    private readonly clock: Clock,
    sweeper: Sweeper,
  ) {
    sweeper.register('gateway successors', () => this.sweep());
  }

  /**
   * What a refresh token stands for now.
   *
   * @throws GatewayError when the issuer refuses or does not answer, or another takes too long to ask it
   */
  async renew(renewal: Renewal, presented: string, wanted: Omit<Wanted, 'now'>): Promise<TokenRecord> {
    const { patience } = renewal.issuer;
    if (!renewal.issuer.couldHaveIssued(presented)) return this.ask(renewal, presented);
    const deadline = wanted.since + 2_000 * patience;
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, LAST_WAIT_MS)) {
      const found = await this.follow(renewal.config, presented, { ...wanted, now: this.now });
      if ('tokens' in found) return found;
      const version = await this.repository.lease(found.keys.id, found.version, patience);
      if (version !== undefined) return this.exchange(renewal, presented, { ...found, version });
      if (this.now > deadline)
        throw GatewayError.issuerDown({ detail: 'another request waits for the issuer' });
      await delay(wait);
    }
  }

  /** @returns a record that will do, or where the trail ends */
  private async follow(
    config: RouteConfig,
    presented: string,
    wanted: Wanted,
  ): Promise<TokenRecord | Newest> {
    let refreshToken = presented;
    for (let hop = 0; ; hop += 1) {
      const keys = recordKeys(config, refreshToken);
      const row = await this.repository.find(keys.id);
      const record = row?.sealed ? openRecord(keys, row.sealed) : undefined;
      if (record && isFresh(record, config, wanted)) return record;
      const next = record?.tokens.refreshToken ?? refreshToken;
      if (next === refreshToken || hop === MAX_HOPS)
        return { refreshToken, keys, version: row?.version ?? 0 };
      refreshToken = next;
    }
  }

  private async exchange(
    renewal: Renewal,
    presented: string,
    { refreshToken, keys, version }: Newest,
  ): Promise<TokenRecord> {
    const { config } = renewal;
    try {
      const record = await this.ask(renewal, refreshToken);
      const sealFor = (of: RecordKeys, expiresAt: number) => ({
        id: of.id,
        sealed: sealRecord(of, record),
        expiresAt,
      });
      const isNewest = presented === refreshToken;
      const others = new Map<string, number>();
      const { refreshToken: successor = refreshToken, expiresAt } = record.tokens;
      if (comesBackAtOnce(config)) others.set(successor, expiresAt);
      others.set(presented, standsUntil(record, config, true));
      others.delete(refreshToken);
      await this.repository.settle(
        version,
        sealFor(keys, standsUntil(record, config, isNewest)),
        [...others].map(([token, until]) => sealFor(recordKeys(config, token), until)),
      );
      return record;
    } catch (error) {
      await this.repository.release(keys.id, version).catch(() => undefined);
      throw error;
    }
  }

  private async ask({ issuer, asker }: Renewal, refreshToken: string): Promise<TokenRecord> {
    const granted = await issuer.grant({ method: 'refresh_token', refreshToken }, asker);
    // An issuer that does not rotate need not repeat it (RFC 6749 §6).
    const tokens = { ...granted, refreshToken: granted.refreshToken ?? refreshToken };
    return { tokens, grantedAt: this.now };
  }

  private get now(): number {
    return this.clock.now().getTime();
  }

  private async *sweep(): AsyncGenerator<number> {
    let deleted = SWEEP_BATCH;
    while (deleted === SWEEP_BATCH) {
      deleted = await this.repository.deleteExpired(SWEEP_BATCH);
      yield deleted === SWEEP_BATCH ? 0 : 1;
    }
  }
}
