import { Inject, Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { OAuthError } from '../common/oauth-error.js';
import { registrationConfig, type RegistrationSettings } from '../config/registration.config.js';
import { type AttemptLimiter, AttemptLimiters } from '../redis/attempt-limiter.js';
import { requireBearerToken } from './bearer-token.js';
import { type InitialAccessToken } from './initial-access-tokens/initial-access-token.repository.js';
import { InitialAccessTokenService } from './initial-access-tokens/initial-access-token.service.js';

/** Who registers a client: whoever has an initial access token, or anybody. */
export interface Registrant {
  readonly token?: InitialAccessToken;
  /** Scopes that its client may have. */
  readonly scopes: readonly string[];
}

/** Lets register who may (RFC 7591 §3). */
@Injectable()
export class Registrants {
  private readonly registrations: AttemptLimiter;

  constructor(
    private readonly tokens: InitialAccessTokenService,
    limiters: AttemptLimiters,
    @Inject(registrationConfig.KEY) private readonly settings: RegistrationSettings,
  ) {
    const { limit, window } = settings;
    this.registrations = limiters.create({ name: 'registration', failures: limit, window });
  }

  /** @throws OAuthError `invalid_token` (401), or 429 for too many without a token from one address */
  async identify(request: FastifyRequest): Promise<Registrant> {
    const isAnonymous = this.settings.mode === 'open' && request.headers.authorization === undefined;
    if (isAnonymous) return this.anonymous(request.ip);
    const token = await this.tokens.authenticate(requireBearerToken(request, 'an initial access token'));
    return { token, scopes: token.scopes };
  }

  private async anonymous(address: string): Promise<Registrant> {
    const wait = (await this.registrations.wait(address)) || (await this.registrations.fail(address));
    if (wait > 0) throw OAuthError.tooManyAttempts('too many registrations from this address', wait);
    return { scopes: this.settings.scopes };
  }
}
