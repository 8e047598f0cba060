import { GatewayError } from '../authenticator/gateway-error.js';
import { type GrantCredential } from '../credentials/credential.js';

/** Errors that are about the client that asks, or what it asks for: not about whom it asks for. */
const OF_THE_CLIENT = [
  'invalid_client',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
  'invalid_target',
  'invalid_dpop_proof',
  'use_dpop_nonce',
];

/**
 * What an issuer's refusal (RFC 6749 §5.2) means to the caller. That it does not take the gateway as its client is
 * not the caller's fault, unless the caller itself is the client.
 *
 * @param description the issuer's, for the caller
 */
export function issuerRefusal(
  method: GrantCredential['method'],
  error: string,
  description: string,
  { isWrongClient = false, cause }: { isWrongClient?: boolean; cause?: unknown } = {},
): GatewayError {
  const options = { oauthError: error, detail: `${error}: ${description}`, cause };
  if (OF_THE_CLIENT.includes(error) && method !== 'client_credentials') {
    return GatewayError.of('misconfigured', 'the issuer does not let the gateway ask', {
      detail: options.detail,
      cause,
    });
  }
  return GatewayError.of(isWrongClient ? 'wrong_client' : 'refused', description, options);
}
