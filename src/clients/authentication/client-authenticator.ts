import { Inject, Injectable, Logger } from '@nestjs/common';
import { LockOuts } from '../../audit/lock-outs.js';
import { limitsConfig, type LimitsSettings } from '../../config/limits.config.js';
import { OAuthError } from '../../common/oauth-error.js';
import { Metrics } from '../../metrics/metrics.js';
import { type Tally } from '../../metrics/tally.js';
import { type AttemptLimiter, AttemptLimiters } from '../../redis/attempt-limiter.js';
import { type Client } from '../client.js';
import { ClientDirectory } from '../client-directory.js';
import {
  type AuthenticationRequest,
  CLIENT_AUTHENTICATION_METHODS,
  type ClientAuthenticationMethod,
  type ClientClaim,
} from './client-authentication-method.js';

/** Why an authentication failed: the label of the metric, and what the log says. */
const FAILURES = {
  unknown_client: 'unknown client',
  client_disabled: 'client disabled',
  method_not_registered: 'method not registered for the client',
  wrong_credentials: 'wrong credentials',
} as const;
type Failure = keyof typeof FAILURES;

/** Finds out which client a request is from, by whichever registered method it uses. */
@Injectable()
export class ClientAuthenticator {
  private readonly logger = new Logger(ClientAuthenticator.name);
  private readonly failures: AttemptLimiter;
  private readonly failureReasons: Tally<Failure>;

  constructor(
    private readonly directory: ClientDirectory,
    @Inject(CLIENT_AUTHENTICATION_METHODS) private readonly methods: readonly ClientAuthenticationMethod[],
    private readonly lockOuts: LockOuts,
    limiters: AttemptLimiters,
    metrics: Metrics,
    @Inject(limitsConfig.KEY) limits: LimitsSettings,
  ) {
    const help = 'Client authentications that failed, by why.';
    const described = { name: 'regrant_client_authentication_failures_total', help };
    this.failureReasons = metrics.tally(described, 'reason', Object.keys(FAILURES) as Failure[]);
    this.failures = limiters.create({
      name: 'client',
      failures: limits.clientFailures,
      window: limits.clientWindow,
    });
  }

  /** The names of the methods, for metadata. */
  get methodNames(): readonly string[] {
    return this.methods.map(({ name }) => name);
  }

  /**
   * @param address where the request comes from: failures are limited per client and address
   * @throws OAuthError `invalid_client` (401), `invalid_request` for two methods at once, or 429
   */
  async authenticate(request: AuthenticationRequest, address: string): Promise<Client> {
    const { method, claim } = this.soleClaim(request);
    const client = await this.directory.find(claim.clientId);
    // Unknown ids of one address share a count: made up ones must not fill the memory.
    const key = `${client?.id ?? ''}\0${address}`;
    refuseWhileLimited(await this.failures.wait(key));
    const isProved = await claim.verify(client);
    if (client && isProved && client.enabled && client.authMethods.includes(method.name)) return client;
    const failure = failureOf(client, isProved);
    const reason = FAILURES[failure];
    this.failureReasons.count(failure);
    this.logger.warn({
      securityEvent: 'client_authentication_failed',
      clientId: client?.id,
      address,
      reason,
    });
    // Only a guess counts: a client that knows its secret is not kept waiting once it is enabled again.
    if (!isProved) await this.countGuess(key, client?.id, address);
    throw OAuthError.invalidClient('client authentication failed', {
      detail: reason,
      about: { clientId: client?.id },
    });
  }

  private async countGuess(key: string, clientId: string | undefined, address: string): Promise<void> {
    const wait = await this.failures.fail(key);
    if (wait > 0) await this.lockOuts.tell({ what: 'client', id: clientId, address, wait });
    refuseWhileLimited(wait);
  }

  private soleClaim(request: AuthenticationRequest): {
    method: ClientAuthenticationMethod;
    claim: ClientClaim;
  } {
    let sole: { method: ClientAuthenticationMethod; claim: ClientClaim } | undefined;
    for (const method of this.methods) {
      const claim = method.claim(request);
      if (claim && sole) throw OAuthError.invalidRequest('the client authenticates in two ways at once');
      if (claim) sole = { method, claim };
    }
    if (!sole) throw OAuthError.invalidClient('client authentication is missing');
    return sole;
  }
}

function refuseWhileLimited(wait: number): void {
  if (wait > 0) throw OAuthError.tooManyAttempts('too many failed client authentications', wait);
}

function failureOf(client: Client | undefined, isProved: boolean): Failure {
  if (!client) return 'unknown_client';
  if (!client.enabled) return 'client_disabled';
  return isProved ? 'method_not_registered' : 'wrong_credentials';
}
