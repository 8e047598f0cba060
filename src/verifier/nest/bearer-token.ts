import { type IncomingMessage } from 'node:http';
import { OAuthError } from '../../common/oauth-error.js';

/** A request of Express, which is Node's own, or of Fastify, which has Node's inside. */
export type PlatformRequest = IncomingMessage | { readonly raw: IncomingMessage };

const BEARER = /^Bearer +([\w.~+/-]+=*)$/i;

/**
 * The token of a request's `Authorization` header, the one place where it may stand here (RFC 6750 §2.1).
 *
 * @throws OAuthError `invalid_request` for two headers; `invalid_token` for none, or one of another scheme
 */
export function bearerToken(request: PlatformRequest): string {
  const { headersDistinct } = 'raw' in request ? request.raw : request;
  const [authorization = '', second] = headersDistinct.authorization ?? [];
  if (second !== undefined) throw OAuthError.invalidRequest('more than one authorization header');
  const token = BEARER.exec(authorization)?.[1];
  // Who sent no token is not told that there is something wrong with it (RFC 6750 §3.1).
  const headers = { 'www-authenticate': 'Bearer realm="regrant"' };
  if (token === undefined) throw OAuthError.invalidToken('an access token is missing', { headers });
  return token;
}
