import { OAuthError } from '../../common/oauth-error.js';
import { type Refusal } from '../../tokens/families/token-family.js';

type Answer = (detail: string) => OAuthError;

const invalidGrant =
  (description: string): Answer =>
  (detail) =>
    OAuthError.invalidGrant(description, { detail });

/**
 * What the client is told. One that may not know of a token learns no more than that it is not valid; its
 * rightful owner learns what happened to it.
 */
const ANSWERS: Readonly<Record<Refusal, Answer>> = {
  malformed: invalidGrant('the refresh token is not valid'),
  unknown: invalidGrant('the refresh token is not valid'),
  wrong_client: invalidGrant('the refresh token is not valid'),
  proof_missing: (detail) => OAuthError.invalidDpopProof('this refresh token needs a DPoP proof', { detail }),
  wrong_proof_key: invalidGrant('the refresh token is bound to another key'),
  revoked: invalidGrant('the refresh token was revoked'),
  expired: invalidGrant('the refresh token has expired'),
  client_gone: invalidGrant('the refresh token was revoked'),
  user_gone: invalidGrant('the user is not active any more'),
  scope_too_wide: (detail) => OAuthError.invalidScope('scope is more than was granted', { detail }),
  resource_not_granted: (detail) => OAuthError.invalidTarget('this resource was not granted', { detail }),
  replayed: invalidGrant('the refresh token was used before; its session has been revoked'),
};

/** The error that a refusal is answered with. */
export function answerRefusal(refusal: Refusal): OAuthError {
  return ANSWERS[refusal](refusal);
}
