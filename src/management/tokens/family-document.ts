import { type PastRevocation } from '../../revocation/revocation-history.repository.js';
import { type ListedFamily } from '../../tokens/families/listed-family.js';
import { type FamilyDocument, type PastRevocationDocument } from './family.documents.js';

/** A family as the management API shows it: nothing of its token. */
export function familyDocument(family: ListedFamily): FamilyDocument {
  const isBound = family.dpop_jkt !== null;
  return {
    family_id: family.id,
    user_id: family.user_id,
    username: family.username ?? undefined,
    client_id: family.client_id,
    client_name: family.client_name ?? undefined,
    scope: family.scopes.join(' '),
    audiences: [...family.audiences],
    status: family.status,
    ended_by: family.ended_by ?? undefined,
    issued_at: family.issued_at.toISOString(),
    rotations: family.generation,
    rotated_at: family.rotated_at?.toISOString(),
    last_used_at: family.last_used_at?.toISOString(),
    expires_at: family.expires_at.toISOString(),
    revoked_at: family.revoked_at?.toISOString(),
    revocation_reason: family.revocation_reason ?? undefined,
    authenticated_at: family.auth_time.toISOString(),
    amr: [...family.amr],
    acr: family.acr ?? undefined,
    dpop_jkt: family.dpop_jkt ?? undefined,
    bound_at_rotation: isBound ? family.dpop_bound_generation : undefined,
    browser_session_id: family.browser_session_id ?? undefined,
    offline: family.offline,
    user_agent: family.user_agent ?? undefined,
    signed_in_address: family.signed_in_address ?? undefined,
    last_used_address: family.last_used_address ?? undefined,
  };
}

export function pastRevocationDocument(revocation: PastRevocation): PastRevocationDocument {
  const { id, type, reason, initiator, occurred_at } = revocation;
  return { id, type, reason, initiating_entity: initiator, occurred_at: occurred_at.toISOString() };
}
