import { type CodeRefusal } from '../../authorization/codes/authorization-code.js';
import { OAuthError, type OAuthErrorOptions } from '../../common/oauth-error.js';

type Answer = (options: OAuthErrorOptions) => OAuthError;

const invalidGrant =
  (description: string): Answer =>
  (options) =>
    OAuthError.invalidGrant(description, options);

/** What the client is told: one that may not know of a code learns no more than that it is not valid. */
const ANSWERS: Readonly<Record<CodeRefusal, Answer>> = {
  unknown: invalidGrant('the authorization code is not valid'),
  wrong_client: invalidGrant('the authorization code is not valid'),
  wrong_redirect_uri: invalidGrant('redirect_uri is not that of the authorization request'),
  wrong_verifier: invalidGrant('code_verifier does not match the code_challenge'),
  proof_missing: (options) =>
    OAuthError.invalidDpopProof('this authorization code needs a DPoP proof', options),
  wrong_proof_key: invalidGrant('the authorization code is bound to another key'),
  resource_not_granted: (options) => OAuthError.invalidTarget('this resource was not granted', options),
  replayed: invalidGrant('the authorization code was used before; what it was used for has been revoked'),
  expired: invalidGrant('the authorization code has expired'),
  grant_gone: invalidGrant('what the authorization code stands for was revoked'),
};

/** The error that a refusal is answered with. */
export function answerCodeRefusal(refusal: CodeRefusal, familyId?: string): OAuthError {
  return ANSWERS[refusal]({ detail: refusal, about: { familyId } });
}
