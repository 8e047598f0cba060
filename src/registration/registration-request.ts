import { type JsonWebKeys } from '../clients/client.entity.js';
import { type ClientMetadata } from '../clients/client-metadata.js';
import { isSigningAlgorithm, SIGNING_ALGORITHMS, type SigningAlgorithm } from '../clients/token-policy.js';
import { OAuthError } from '../common/oauth-error.js';
import { type JsonObject } from '../http/json-object.js';

const LONGEST_NAME = 255;
const LONGEST_SCOPE = 8_192;

/**
 * The metadata that a client may set for itself (RFC 7591 §2). Whatever else it sends is ignored: our own
 * members, such as its token policy and its audiences, are an admin's to set.
 *
 * @throws OAuthError `invalid_client_metadata` or `invalid_software_statement`
 */
export function parseMetadata(body: JsonObject): ClientMetadata {
  refuseUnsupported(body);
  return {
    client_name: text(body, 'client_name', LONGEST_NAME),
    token_endpoint_auth_method: text(body, 'token_endpoint_auth_method'),
    redirect_uris: body.optionalStrings('redirect_uris'),
    post_logout_redirect_uris: body.optionalStrings('post_logout_redirect_uris'),
    backchannel_logout_uri: text(body, 'backchannel_logout_uri'),
    backchannel_logout_session_required: body.optionalBoolean('backchannel_logout_session_required'),
    grant_types: body.optionalStrings('grant_types'),
    scope: body.optionalString('scope', LONGEST_SCOPE),
    dpop_bound_access_tokens: body.optionalBoolean('dpop_bound_access_tokens'),
    require_pushed_authorization_requests: body.optionalBoolean('require_pushed_authorization_requests'),
    id_token_signed_response_alg: signingAlgorithm(body),
    jwks: body.optionalObject('jwks') && (body.raw('jwks') as JsonWebKeys),
    client_uri: text(body, 'client_uri'),
    logo_uri: text(body, 'logo_uri'),
    tos_uri: text(body, 'tos_uri'),
    policy_uri: text(body, 'policy_uri'),
    contacts: body.optionalStrings('contacts'),
    software_id: text(body, 'software_id'),
    software_version: text(body, 'software_version'),
  };
}

/** What must not be ignored, because the client counts on it. */
function refuseUnsupported(body: JsonObject): void {
  if (body.has('software_statement'))
    throw OAuthError.invalidSoftwareStatement('software statements are not supported');
  // To fetch what a stranger names is a door into the network behind us.
  if (body.has('jwks_uri')) throw OAuthError.invalidClientMetadata('jwks_uri is not supported: send jwks');
  const responseTypes = body.optionalStrings('response_types') ?? [];
  if (responseTypes.some((type) => type !== 'code'))
    throw OAuthError.invalidClientMetadata('response_types must be code');
}

/** @throws OAuthError `invalid_client_metadata` for one that nobody here signs with, `none` for one */
function signingAlgorithm(body: JsonObject): SigningAlgorithm | undefined {
  const name = text(body, 'id_token_signed_response_alg');
  if (name === undefined || isSigningAlgorithm(name)) return name;
  throw OAuthError.invalidClientMetadata(
    `id_token_signed_response_alg must be one of ${SIGNING_ALGORITHMS.join(', ')}`,
  );
}

/** An empty text is none (RFC 7592 §2.2). */
function text(body: JsonObject, name: string, maxLength?: number): string | undefined {
  const value = body.optionalString(name, maxLength);
  return value === '' ? undefined : value;
}
