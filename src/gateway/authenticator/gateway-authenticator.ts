import { Injectable, Logger } from '@nestjs/common';
import { isTransientFault } from '../../common/transient-fault.js';
import { type Credential, type GrantCredential } from '../credentials/credential.js';
import { findCredentials } from '../credentials/find-credentials.js';
import { TokenFlights } from '../flights/token-flights.js';
import { type GrantedTokens } from '../issuers/issuer.js';
import { IssuerDirectory } from '../issuers/issuer-directory.js';
import { type GatewayRoute } from '../routes/gateway-route.js';
import { SessionCookies } from '../session/session-cookies.js';
import { withChallenge } from './challenge.js';
import { cleanRequest } from './clean-request.js';
import { GatewayError } from './gateway-error.js';
import { type GatewayRequest } from './gateway-request.js';
import { tokenHeaders } from './token-header.js';
import { type Verdict } from './verdict.js';

/** What a credential stands for. */
interface Identity {
  readonly tokens: Pick<GrantedTokens, 'accessToken'> & Partial<GrantedTokens>;
  readonly subject: string | undefined;
  /** By which the tokens were got. */
  readonly method: Credential['method'];
}

/** After which the gateway may keep a session. */
const BEGINNING_SESSIONS: readonly Credential['method'][] = ['refresh_token', 'password'];

/** Finds out who a request is for, and gets the tokens that go to the upstream with it. */
@Injectable()
export class GatewayAuthenticator {
  private readonly logger = new Logger(GatewayAuthenticator.name);

  constructor(
    private readonly issuers: IssuerDirectory,
    private readonly flights: TokenFlights,
    private readonly sessions: SessionCookies,
  ) {}

  /** @throws GatewayError for whatever does not go on */
  async authenticate(route: GatewayRoute, request: GatewayRequest): Promise<Verdict> {
    try {
      return await this.judge(route, request);
    } catch (error) {
      if (isTransientFault(error)) throw GatewayError.issuerDown({ cause: error });
      if (!(error instanceof GatewayError)) throw error;
      this.tell(error, route);
      throw withChallenge(error, route);
    }
  }

  private async judge(route: GatewayRoute, request: GatewayRequest): Promise<Verdict> {
    const { config } = route;
    const found = await findCredentials(request, config);
    const held = this.sessions.find(request, config);
    const isSession = held !== undefined && found.credentials.length === 0;
    const identity = isSession
      ? await this.tokensOfSession(route, request, held)
      : await this.tokensForFirst(route, request, found.credentials);
    const setCookie =
      isSession || !isCrossSite(request) ? this.cookieFor(route, request, identity, held) : undefined;
    const upstreamHeaders = tokenHeaders(
      identity.tokens,
      config.upstream_access_token_header,
      config.upstream_refresh_token_header,
    );
    const downstreamHeaders = tokenHeaders(
      identity.tokens,
      config.downstream_access_token_header,
      config.downstream_refresh_token_header,
    );
    // A cache between here and the browser would give the cookie to others.
    if (setCookie !== undefined) downstreamHeaders['cache-control'] = 'no-store';
    return {
      subject: identity.subject,
      upstreamHeaders,
      downstreamHeaders,
      setCookie,
      cleaned: cleanRequest(request, config, found, upstreamHeaders),
    };
  }

  /** A session that is over is taken away with the refusal. */
  private async tokensOfSession(
    route: GatewayRoute,
    request: GatewayRequest,
    refreshToken: string,
  ): Promise<Identity> {
    try {
      return await this.tokensFor(route, request, { method: 'refresh_token', refreshToken });
    } catch (error) {
      if (!(error instanceof GatewayError) || error.oauthError !== 'invalid_grant') throw error;
      throw error.withHeaders({ 'set-cookie': this.sessions.clear(request) });
    }
  }

  /** @returns the cookie of a session that begins, or whose refresh token is another now */
  private cookieFor(
    { config }: GatewayRoute,
    request: GatewayRequest,
    { method, tokens: { refreshToken, refreshExpiresAt } }: Identity,
    held: string | undefined,
  ): string | undefined {
    const isKept = config.auth_methods.includes('session') && BEGINNING_SESSIONS.includes(method);
    if (!isKept || refreshToken === undefined || refreshToken === held) return undefined;
    return this.sessions.keep(request, config, { refreshToken, refreshExpiresAt });
  }

  /** A name and a password may be a user's or a client's: where all are refused, the first refusal is told. */
  private async tokensForFirst(
    route: GatewayRoute,
    request: GatewayRequest,
    [first, ...others]: readonly Credential[],
  ): Promise<Identity> {
    if (!first) throw GatewayError.of('no_credential', 'the request has no credential that this route takes');
    try {
      return await this.tokensFor(route, request, first);
    } catch (error) {
      if (others.length === 0 || !isRefusal(error)) throw error;
      return await this.tokensForFirst(route, request, others).catch((another: unknown) => {
        throw isRefusal(another) ? error : another;
      });
    }
  }

  private async tokensFor(
    { config }: GatewayRoute,
    request: GatewayRequest,
    credential: Credential,
  ): Promise<Identity> {
    if (credential.method !== 'bearer') return this.livingTokens(config, request, credential);
    const { accessToken } = credential;
    const verification = await this.issuers.of(config).verify(accessToken, false);
    if (typeof verification === 'string') throw refusal('the access token is not valid here');
    return { tokens: { accessToken }, subject: verification.subject, method: 'bearer' };
  }

  /** What is known may have been revoked meanwhile: then there may be others (law L2). */
  private async livingTokens(
    config: GatewayRoute['config'],
    { address, id: requestId }: GatewayRequest,
    credential: GrantCredential,
  ): Promise<Identity> {
    const issuer = this.issuers.of(config);
    const renewal = { issuer, config, asker: { address, requestId } };
    let tokens = await this.flights.tokensFor(renewal, credential);
    let verification = await issuer.verify(tokens.accessToken, true);
    if (verification === 'dead') {
      tokens = await this.flights.tokensFor(renewal, credential, tokens.accessToken);
      verification = await issuer.verify(tokens.accessToken, true);
    }
    if (verification === 'dead') throw refusal('the tokens were revoked');
    if (verification === 'unfit') throw refusal('the access token is not meant for this route');
    return { tokens, subject: verification.subject ?? tokens.subject, method: credential.method };
  }

  /** What an operator must do something about. */
  private tell(error: GatewayError, { name: route, config }: GatewayRoute): void {
    const about = { route, issuer: config.issuer, clientId: config.client_id, reason: error.detail };
    if (error.kind === 'wrong_client') {
      this.logger.warn(
        { ...about, securityEvent: 'gateway_wrong_client' },
        'a refresh token was refused because another client got it: callers must get theirs with the client of the route',
      );
    } else if (error.kind === 'misconfigured') {
      this.logger.error(about, 'the issuer refuses the client of a route: compare its configuration there');
    }
  }
}

/** Another site may make a browser show a credential, but not sign it in here as whom it likes (Fetch Metadata). */
function isCrossSite({ headers }: GatewayRequest): boolean {
  return headers['sec-fetch-site']?.[0] === 'cross-site';
}

function isRefusal(error: unknown): boolean {
  return error instanceof GatewayError && error.kind === 'refused';
}

function refusal(message: string): GatewayError {
  return GatewayError.of('refused', message, { oauthError: 'invalid_token' });
}
