import { Inject, Injectable } from '@nestjs/common';
import { RandomSource } from '../../common/random-source.js';
import { authorizationConfig, type AuthorizationSettings } from '../../config/authorization.config.js';
import { type AuthorizationRequest } from '../request/authorization-request.js';
import { PushedRequestRepository } from './pushed-request.repository.js';

/** RFC 9126 §2.2. */
export const REQUEST_URI_PREFIX = 'urn:ietf:params:oauth:request_uri:';
const REFERENCE_BYTES = 32;

/** The answer of RFC 9126 §2.2; the lifetime in seconds. */
export interface PushedResponse {
  readonly request_uri: string;
  readonly expires_in: number;
}

/** Keeps authorization requests that clients pushed until the browser comes for them, once. */
@Injectable()
export class PushedRequests {
  constructor(
    private readonly repository: PushedRequestRepository,
    private readonly random: RandomSource,
    @Inject(authorizationConfig.KEY) private readonly settings: AuthorizationSettings,
  ) {}

  async push(request: AuthorizationRequest): Promise<PushedResponse> {
    const reference = this.random.bytes(REFERENCE_BYTES).toString('base64url');
    const { pushedRequestLifetime: lifetime } = this.settings;
    await this.repository.insert(reference, request, lifetime);
    return { request_uri: REQUEST_URI_PREFIX + reference, expires_in: lifetime };
  }

  /** @returns the request; `undefined` where it is unknown, expired, taken before or another client's */
  async take(requestUri: string, clientId: string): Promise<AuthorizationRequest | undefined> {
    return this.repository.take(requestUri.slice(REQUEST_URI_PREFIX.length), clientId);
  }
}
