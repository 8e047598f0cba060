import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../../common/clock.js';
import { type GrantCredential } from '../credentials/credential.js';
import { GatewayMetrics } from '../gateway-metrics.js';
import { type GrantedTokens } from '../issuers/issuer.js';
import { isFresh } from './freshness.js';
import { type Renewal, Successors } from './successors.js';
import { memoryKey, type TokenRecord } from './token-record.js';

const REMEMBERED = 10_000;

/**
 * The tokens for a credential: from memory while they will do, and otherwise got once, however many requests ask.
 *
 * What a name and a password yield stays in this process: no record of it could be left that would not help who
 * guesses passwords.
 */
@Injectable()
export class TokenFlights {
  private readonly known = new LRUCache<string, TokenRecord>({ max: REMEMBERED });
  private readonly flights = new Map<string, Promise<TokenRecord>>();

  constructor(
    private readonly successors: Successors,
    private readonly metrics: GatewayMetrics,
    private readonly clock: Clock,
  ) {}

  /**
   * @param dead an access token got for this credential before, that is not alive any more
   * @throws GatewayError when the issuer refuses or does not answer
   */
  async tokensFor(renewal: Renewal, credential: GrantCredential, dead?: string): Promise<GrantedTokens> {
    const key = memoryKey(renewal.config, credential);
    const since = this.now;
    const known = this.known.get(key);
    if (known && isFresh(known, renewal.config, { now: since, since, dead })) {
      this.metrics.tokens.count('remembered');
      return known.tokens;
    }
    const { tokens } = await this.share(key, dead, () => this.fetch(renewal, credential, { since, dead }));
    return tokens;
  }

  private async share(
    key: string,
    dead: string | undefined,
    fetch: () => Promise<TokenRecord>,
  ): Promise<TokenRecord> {
    const underWay = this.flights.get(key);
    if (underWay) {
      this.metrics.tokens.count('shared');
      const record = await underWay;
      if (record.tokens.accessToken !== dead) return record;
    }
    const flight = fetch();
    this.flights.set(key, flight);
    try {
      const record = await flight;
      this.known.set(key, record);
      return record;
    } catch (error) {
      this.known.delete(key);
      throw error;
    } finally {
      if (this.flights.get(key) === flight) this.flights.delete(key);
    }
  }

  private async fetch(
    renewal: Renewal,
    credential: GrantCredential,
    wanted: { readonly since: number; readonly dead: string | undefined },
  ): Promise<TokenRecord> {
    this.metrics.tokens.count('fetched');
    if (credential.method === 'refresh_token')
      return this.successors.renew(renewal, credential.refreshToken, wanted);
    const tokens = await renewal.issuer.grant(credential, renewal.asker);
    return { tokens, grantedAt: this.now };
  }

  private get now(): number {
    return this.clock.now().getTime();
  }
}
