import { type Client } from '../../clients/client.js';
import { type FormParameters } from '../../common/form-parameters.js';
import { type AuthorizationRequest, type ResponseTarget } from './authorization-request.js';
import { codeChallengeOf } from './code-challenge.js';
import { requireCodeFlow } from './code-flow.js';
import { maxAgeOf } from './max-age.js';
import { promptsOf } from './prompts.js';
import { dpopJktOf } from './proof-key.js';
import { requestedOf } from './requested-of.js';
import { refuseUnsupported } from './unsupported-parameters.js';

/** A request whose client and redirect URI are known, and nothing else. */
export interface UnvalidatedRequest {
  readonly client: Client;
  readonly target: ResponseTarget;
  readonly parameters: FormParameters;
  /** Thumbprint of the key of a DPoP proof that came with it. */
  readonly provedJkt?: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Everything that is asked of an authorization request once its redirect URI is trusted, in this order.
 *
 * @throws OAuthError as RFC 6749 §4.1.2.1 and OIDC Core §3.1.2.6 have it, for the redirect URI
 */
export function validateRequest(request: UnvalidatedRequest): AuthorizationRequest {
  const { client, target, parameters, provedJkt, now } = request;
  parameters.rejectRepeated(['resource']);
  refuseUnsupported(parameters);
  requireCodeFlow(parameters);
  return {
    ...target,
    codeChallenge: codeChallengeOf(parameters),
    prompts: promptsOf(parameters),
    maxAge: maxAgeOf(parameters),
    ...requestedOf(client, parameters),
    dpopJkt: dpopJktOf(parameters, provedJkt),
    nonce: parameters.optional('nonce'),
    loginHint: parameters.optional('login_hint'),
    uiLocales: parameters.optional('ui_locales'),
    createdAt: now,
  };
}
