import { type FastifyRequest } from 'fastify';
import { OAuthError } from '../common/oauth-error.js';
import { headerLines } from './header-lines.js';

/**
 * A header that may stand once at most. Node drops a second `Authorization` line without a word; whoever
 * sends two must not have us choose.
 *
 * @throws OAuthError `invalid_request` when it is repeated
 */
export function soleHeader(request: FastifyRequest, name: string): string | undefined {
  const [value, second] = headerLines(request.raw, name);
  if (second !== undefined) throw OAuthError.invalidRequest(`more than one ${name} header`);
  return value;
}
