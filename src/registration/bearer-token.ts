import { type FastifyRequest } from 'fastify';
import { OAuthError } from '../common/oauth-error.js';
import { soleHeader } from '../http/sole-header.js';

const BEARER = /^Bearer +([\w.~+/-]+=*)$/i;

/** Who has shown no token is told of no error (RFC 6750 §3.1). */
const UNAUTHENTICATED = { 'www-authenticate': 'Bearer realm="regrant"' };

/**
 * The bearer token of a request (RFC 6750 §2.1).
 *
 * @param name what kind of token is wanted
 * @throws OAuthError `invalid_token` (401) where there is none, `invalid_request` for two
 */
export function requireBearerToken(request: FastifyRequest, name: string): string {
  const [, token] = BEARER.exec(soleHeader(request, 'authorization') ?? '') ?? [];
  if (token !== undefined) return token;
  throw OAuthError.invalidToken(`${name} is missing`, { headers: UNAUTHENTICATED });
}
