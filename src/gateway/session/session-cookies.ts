import { fastifyCookie } from '@fastify/cookie';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { SealedParameters } from '../../key-ring/sealed-parameters.js';
import { type GatewayRequest } from '../authenticator/gateway-request.js';
import { cookieValues } from '../credentials/query-and-cookies.js';
import { UNTOLD_LIFETIME } from '../flights/freshness.js';
import { type GrantedTokens } from '../issuers/issuer.js';
import { type RouteConfig } from '../routes/gateway-route.js';

const [PLAIN, SECURE] = ['regrant-gateway-session', '__Host-regrant-gateway-session'] as const;
/** None of them ever goes upstream. */
export const SESSION_COOKIES: readonly string[] = [PLAIN, SECURE];

/** What browsers keep at least, with name and attributes (RFC 6265 §6.1); many keep no more. */
const MAX_COOKIE_BYTES = 4_096;

/** What is sealed in a cookie: a refresh token, and whose it is. */
interface Session {
  readonly issuer: string;
  readonly clientId: string | null;
  readonly refreshToken: string;
}

type RefreshTokens = Pick<GrantedTokens, 'refreshExpiresAt'> & { readonly refreshToken: string };

/**
 * The method `session`: a browser that has shown a credential keeps the refresh token behind it in a cookie that only
 * this service opens, for routes with the same client of the same issuer. It lasts as long as the refresh token, until
 * the browser is closed at most; no script reads it, and no other site's form sends it along.
 */
@Injectable()
export class SessionCookies {
  private readonly logger = new Logger(SessionCookies.name);
  private readonly isIssuerSecure: boolean;

  constructor(
    private readonly sealed: SealedParameters,
    private readonly clock: Clock,
    @Inject(httpConfig.KEY) { issuerUrl }: HttpSettings,
  ) {
    this.isIssuerSecure = issuerUrl.startsWith('https:');
  }

  /** @returns the refresh token of a request's session; `undefined` where there is none that the route takes */
  find(request: GatewayRequest, { auth_methods, issuer, client_id }: RouteConfig): string | undefined {
    if (!auth_methods.includes('session')) return undefined;
    return cookieValues(request.headers.cookie ?? [], this.nameFor(request))
      .map((value) => this.sealed.open('gateway-session', value) as Session | undefined)
      .find((session) => session?.issuer === issuer && session.clientId === client_id)?.refreshToken;
  }

  /** @returns the `Set-Cookie` that keeps a refresh token; `undefined` where it is too long for a cookie */
  keep(request: GatewayRequest, route: RouteConfig, tokens: RefreshTokens): string | undefined {
    const now = this.clock.now().getTime();
    const lifetime = ((tokens.refreshExpiresAt ?? now + UNTOLD_LIFETIME) - now) / 1000;
    const { issuer, client_id: clientId } = route;
    const session: Session = { issuer, clientId, refreshToken: tokens.refreshToken };
    const cookie = this.cookie(request, this.sealed.seal('gateway-session', session, lifetime));
    if (cookie.length <= MAX_COOKIE_BYTES) return cookie;
    this.logger.warn({ issuer, clientId }, 'a refresh token is too long for the cookie of a session');
    return undefined;
  }

  /** @returns the `Set-Cookie` that takes the cookie away */
  clear(request: GatewayRequest): string {
    return this.cookie(request, '', 0);
  }

  private cookie(request: GatewayRequest, value: string, maxAge?: number): string {
    const secure = this.isSecure(request);
    const attributes = { path: '/', secure, httpOnly: true, sameSite: 'lax', maxAge } as const;
    return fastifyCookie.serialize(this.nameFor(request), value, attributes);
  }

  /** Over https with the prefix, so that no other host of the domain can plant one. */
  private nameFor(request: GatewayRequest): string {
    return this.isSecure(request) ? SECURE : PLAIN;
  }

  private isSecure({ protocol }: GatewayRequest): boolean {
    return this.isIssuerSecure || protocol === 'https';
  }
}
