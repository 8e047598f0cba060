import { OAuthError, type OAuthErrorOptions } from '../../common/oauth-error.js';
import { type Refusal } from '../../tokens/families/token-family.js';

type Answer = (options: OAuthErrorOptions) => OAuthError;

const invalidGrant =
  (description: string): Answer =>
  (options) =>
    OAuthError.invalidGrant(description, options);

/**
 * What the client is told. One that may not know of a token learns no more than that it is not valid; its
 * rightful owner learns what happened to it.
 */
const ANSWERS: Readonly<Record<Refusal, Answer>> = {
  malformed: invalidGrant('the refresh token is not valid'),
  unknown: invalidGrant('the refresh token is not valid'),
  wrong_client: invalidGrant('the refresh token is not valid'),
  proof_missing: (options) => OAuthError.invalidDpopProof('this refresh token needs a DPoP proof', options),
  wrong_proof_key: invalidGrant('the refresh token is bound to another key'),
  revoked: invalidGrant('the refresh token was revoked'),
  expired: invalidGrant('the refresh token has expired'),
  client_gone: invalidGrant('the refresh token was revoked'),
  user_gone: invalidGrant('the user is not active any more'),
  scope_too_wide: (options) => OAuthError.invalidScope('scope is more than was granted', options),
  resource_not_granted: (options) => OAuthError.invalidTarget('this resource was not granted', options),
  replayed: invalidGrant('the refresh token was used before; its session has been revoked'),
};

/** The error that a refusal is answered with. */
export function answerRefusal(refusal: Refusal, familyId?: string): OAuthError {
  return ANSWERS[refusal]({ detail: refusal, about: { familyId } });
}
