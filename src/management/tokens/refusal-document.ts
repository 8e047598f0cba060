import { type NotedRefusal } from '../../refusals/refused-request.js';
import { REMEDIES } from '../../tokens/families/refusal-remedies.js';
import { type RefusalDocument } from './refusal.documents.js';

/** What would have made other requests pass than those that a refresh token failed. By the check, or else the error. */
const OTHER_REMEDIES: Readonly<Record<string, string>> = {
  'unknown client': 'the id of a client that is registered',
  'client disabled': 'a client that is enabled',
  'wrong credentials': 'a secret that the client has now and that has not expired',
  'method not registered for the client': 'an authentication method that the client is registered for',
  invalid_client: 'a client that authenticates by a method that it is registered for',
  unauthorized_client: 'a grant type that the client is registered for',
  unsupported_grant_type: 'a grant type that the server supports and has not switched off',
  invalid_scope: 'a well-formed scope within what the client is registered for',
  invalid_target: 'an absolute URI without fragment that the client is registered for',
  invalid_dpop_proof: 'one fresh DPoP proof of this request, used for the first time',
  use_dpop_nonce: 'a DPoP proof with the nonce of the DPoP-Nonce header',
  temporarily_unavailable: 'fewer failed attempts; the same request after the time in Retry-After',
};

/** A refusal as the management API shows it. */
export function refusalDocument(refusal: NotedRefusal): RefusalDocument {
  const { requestId, occurredAt, path, status, error, reason, detail } = refusal;
  return {
    request_id: requestId,
    occurred_at: occurredAt.toISOString(),
    path,
    status,
    error,
    error_description: reason,
    check: detail,
    needed: remedyOf(refusal),
    client_id: refusal.clientId,
    family_id: refusal.familyId,
    grant_type: refusal.grantType,
  };
}

function remedyOf({ detail, error }: NotedRefusal): string | undefined {
  const remedies: Readonly<Record<string, string | undefined>> = { ...OTHER_REMEDIES, ...REMEDIES };
  return (detail === undefined ? undefined : remedies[detail]) ?? remedies[error];
}
