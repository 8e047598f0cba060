import { type FormParameters } from '../../common/form-parameters.js';
import { OAuthError } from '../../common/oauth-error.js';

const THUMBPRINT = /^[\w-]{43}$/;

/**
 * The thumbprint of the key that the code is to be bound to (RFC 9449 §10).
 *
 * @param proved of the key of a DPoP proof that came with a pushed request (§10.1)
 * @throws OAuthError `invalid_request` when it is malformed, or not that of the proof
 */
export function dpopJktOf(parameters: FormParameters, proved?: string): string | undefined {
  const named = parameters.optional('dpop_jkt');
  if (named === undefined) return proved;
  if (!THUMBPRINT.test(named)) throw OAuthError.invalidRequest('dpop_jkt is malformed');
  if (proved !== undefined && proved !== named)
    throw OAuthError.invalidRequest('dpop_jkt is not the key of the DPoP proof');
  return named;
}
