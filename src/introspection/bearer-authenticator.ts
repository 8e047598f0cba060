import { Inject, Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { OAuthError } from '../common/oauth-error.js';
import { ScopeSet } from '../common/scope-set.js';
import { httpConfig, type HttpSettings } from '../config/http.config.js';
import { type AccessTokenClaims } from '../tokens/access-tokens/access-token.js';
import { DpopService } from '../tokens/sender-constraint/dpop.service.js';
import { headerLines } from '../http/header-lines.js';
import { AccessTokenInspector } from './access-token-inspector.js';

const CREDENTIALS = /^(Bearer|DPoP) +([\w.~+/-]+=*)$/i;

/** Who has shown no token is told of no error (RFC 6750 §3.1). */
const UNAUTHENTICATED = { 'www-authenticate': 'Bearer realm="regrant"' };

/** Authenticates requests by an access token of our own (RFC 6750 §2.1, RFC 9449 §7). */
@Injectable()
export class BearerAuthenticator {
  constructor(
    private readonly inspector: AccessTokenInspector,
    private readonly dpop: DpopService,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  /** Whether the request offers an access token at all. */
  isOffered({ headers }: FastifyRequest): boolean {
    return /^(bearer|dpop) /i.test(headers.authorization ?? '');
  }

  /**
   * The claims of the request's token, which has the scope, or one of those that do as well.
   *
   * @throws OAuthError `invalid_token` (401) or `insufficient_scope` (403)
   */
  async authenticate(
    request: FastifyRequest,
    scope: string,
    ...wider: readonly string[]
  ): Promise<AccessTokenClaims> {
    const [, scheme = '', token] = CREDENTIALS.exec(request.headers.authorization ?? '') ?? [];
    if (token === undefined) {
      throw OAuthError.invalidToken('an access token is missing', { headers: UNAUTHENTICATED });
    }
    const claims = await this.inspector.inspect(token);
    if (!claims) throw OAuthError.invalidToken('the access token is not valid');
    await this.checkBinding(request, scheme.toLowerCase(), token, claims.cnf?.jkt);
    const granted = ScopeSet.of((claims.scope ?? '').split(' '));
    if (![scope, ...wider].some((one) => granted.has(one))) throw OAuthError.insufficientScope(scope);
    return claims;
  }

  /** Whether the token of a request that was authenticated before is alive still. */
  async isAlive({ headers }: FastifyRequest): Promise<boolean> {
    const [, , token = ''] = CREDENTIALS.exec(headers.authorization ?? '') ?? [];
    return (await this.inspector.inspect(token)) !== undefined;
  }

  private async checkBinding(
    request: FastifyRequest,
    scheme: string,
    token: string,
    jkt?: string,
  ): Promise<void> {
    if ((scheme === 'dpop') !== (jkt !== undefined)) {
      throw OAuthError.invalidToken('the access token is presented by the wrong scheme');
    }
    if (jkt === undefined) return;
    const url = new URL(request.url, this.http.issuerUrl).href;
    const target = { method: request.method, url, accessToken: token };
    const proved = await this.dpop.verify(headerLines(request.raw, 'dpop'), target);
    if (proved !== jkt) throw OAuthError.invalidToken('the access token is bound to another key');
  }
}
