import { Inject, Injectable, Logger } from '@nestjs/common';
import { limitsConfig, type LimitsSettings } from '../../config/limits.config.js';
import { OAuthError } from '../../common/oauth-error.js';
import { type AttemptLimiter, AttemptLimiters } from '../../redis/attempt-limiter.js';
import { type Client } from '../client.js';
import { ClientDirectory } from '../client-directory.js';
import {
  type AuthenticationRequest,
  CLIENT_AUTHENTICATION_METHODS,
  type ClientAuthenticationMethod,
  type ClientClaim,
} from './client-authentication-method.js';

/** Finds out which client a request is from, by whichever registered method it uses. */
@Injectable()
export class ClientAuthenticator {
  private readonly logger = new Logger(ClientAuthenticator.name);
  private readonly failures: AttemptLimiter;

  constructor(
    private readonly directory: ClientDirectory,
    @Inject(CLIENT_AUTHENTICATION_METHODS) private readonly methods: readonly ClientAuthenticationMethod[],
    limiters: AttemptLimiters,
    @Inject(limitsConfig.KEY) limits: LimitsSettings,
  ) {
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
    const reason = reasonOf(client, isProved);
    this.logger.warn({
      securityEvent: 'client_authentication_failed',
      clientId: client?.id,
      address,
      reason,
    });
    // Only a guess counts: a client that knows its secret is not kept waiting once it is enabled again.
    if (!isProved) refuseWhileLimited(await this.failures.fail(key));
    throw OAuthError.invalidClient('client authentication failed', { detail: reason });
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

function reasonOf(client: Client | undefined, isProved: boolean): string {
  if (!client) return 'unknown client';
  if (!client.enabled) return 'client disabled';
  return isProved ? 'method not registered for the client' : 'wrong credentials';
}
