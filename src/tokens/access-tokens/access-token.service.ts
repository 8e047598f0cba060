import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { RandomSource } from '../../common/random-source.js';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { Tracer } from '../../tracing/tracer.js';
import {
  type AccessTokenClaims,
  type AccessTokenEncoder,
  type AccessTokenRequest,
  type MintedAccessToken,
} from './access-token.js';

export const ACCESS_TOKEN_ENCODERS = Symbol('ACCESS_TOKEN_ENCODERS');

const SIGNING = { name: 'encode access token', kind: 'internal' } as const;

/** Mints access tokens (RFC 9068). They leave no row: a family's are known by `sid`, each by its `jti`. */
@Injectable()
export class AccessTokenService {
  constructor(
    private readonly clock: Clock,
    private readonly random: RandomSource,
    private readonly tracer: Tracer,
    @Inject(ACCESS_TOKEN_ENCODERS) private readonly encoders: readonly AccessTokenEncoder[],
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  async mint(request: AccessTokenRequest): Promise<MintedAccessToken> {
    const { jkt } = request;
    const { policy } = request.client;
    const encoder = this.encoders.find(({ format }) => format === policy.accessTokenFormat);
    if (!encoder) throw new Error(`no encoder for ${policy.accessTokenFormat} access tokens`);
    const claims = this.claims(request);
    const token = await this.tracer.child(SIGNING, () => encoder.encode(claims, policy));
    return { token, claims, type: jkt ? 'DPoP' : 'Bearer', expiresIn: claims.exp - claims.iat };
  }

  private claims(request: AccessTokenRequest): AccessTokenClaims {
    const { client, audiences, scopes, jkt, authTime, acr, amr } = request;
    const iat = this.clock.seconds();
    const [first = this.http.issuerUrl, ...others] = audiences;
    return {
      iss: this.http.issuerUrl,
      sub: request.subject,
      aud: others.length > 0 ? [...audiences] : first,
      client_id: client.id,
      iat,
      exp: iat + client.policy.accessTokenLifetime,
      jti: this.random.uuid(),
      // What is undefined is left out of JSON.
      scope: scopes.isEmpty ? undefined : scopes.toString(),
      sid: request.sessionId,
      cnf: jkt ? { jkt } : undefined,
      auth_time: authTime && Math.floor(authTime.getTime() / 1000),
      acr: acr ?? undefined,
      amr: amr && amr.length > 0 ? amr : undefined,
    };
  }
}
