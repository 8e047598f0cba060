import { type FormParameters } from '../../common/form-parameters.js';
import { OAuthError } from '../../common/oauth-error.js';

/** BASE64URL(SHA256(verifier)) (RFC 7636 §4.2). */
const S256_CHALLENGE = /^[\w-]{43}$/;

/**
 * The PKCE challenge, which every client must send, by S256: `plain` would show the verifier to whoever sees
 * the request (E4).
 *
 * @throws OAuthError `invalid_request` (RFC 7636 §4.4.1)
 */
export function codeChallengeOf(parameters: FormParameters): string {
  const challenge = parameters.required('code_challenge');
  if (parameters.optional('code_challenge_method') !== 'S256')
    throw OAuthError.invalidRequest('code_challenge_method must be S256');
  if (!S256_CHALLENGE.test(challenge)) throw OAuthError.invalidRequest('code_challenge is malformed');
  return challenge;
}
