import { type GatewayRequest } from '../authenticator/gateway-request.js';
import { type RouteConfig } from '../routes/gateway-route.js';
import { credentialsInAuthorization } from './authorization-header.js';
import { type Credential } from './credential.js';
import { findRefreshToken, findRefreshTokenInBody, type ReadBody } from './refresh-token-parameter.js';

/** What a request shows, in the order in which it is tried. */
export interface FoundCredentials {
  readonly credentials: readonly Credential[];
  readonly readBody?: ReadBody;
}

/**
 * The credentials that a route takes from a request: an access token before a refresh token before a name and a
 * password. The body, which has to be read for it, is looked at where nothing else was found.
 *
 * @throws GatewayError `malformed_request` for one that is repeated or malformed, `body_too_large`
 */
export async function findCredentials(
  request: GatewayRequest,
  config: RouteConfig,
): Promise<FoundCredentials> {
  const authorization = credentialsInAuthorization(request, config.auth_methods);
  if (authorization[0]?.method === 'bearer') return { credentials: authorization };
  if (!config.auth_methods.includes('refresh_token')) return { credentials: authorization };
  const refreshToken = findRefreshToken(request, config);
  if (refreshToken !== undefined) return { credentials: [{ method: 'refresh_token', refreshToken }] };
  if (authorization.length > 0) return { credentials: authorization };
  const readBody = await findRefreshTokenInBody(request, config);
  if (readBody?.refreshToken === undefined) return { credentials: [], readBody };
  return { credentials: [{ method: 'refresh_token', refreshToken: readBody.refreshToken }], readBody };
}
