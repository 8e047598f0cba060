import { type AuditTarget } from '../../audit/audit-entry.js';
import { ProblemError } from '../../http/problem.js';
import { type NewRevocationDocument } from './revocation.documents.js';

/** What an admin wants ended, of which the request must name exactly one kind. */
export type RevocationOrder =
  | { readonly kind: 'family'; readonly familyId: string }
  | { readonly kind: 'user'; readonly userId: string }
  | { readonly kind: 'client'; readonly clientId: string }
  | { readonly kind: 'user at client'; readonly userId: string; readonly clientId: string }
  | {
      readonly kind: 'access token';
      readonly jti: string;
      readonly clientId: string;
      readonly userId?: string;
      readonly expiresAt?: Date;
    }
  | { readonly kind: 'everybody' };

/** What the audit log calls everybody's tokens. */
export const EVERYBODY: AuditTarget = { type: 'server', id: 'all_tokens' };

const COMBINATIONS =
  'name one of: family_id; user_id; client_id; user_id and client_id; jti and client_id; all as true';

/** @throws ProblemError 422 for a request that names nothing, or more than one thing */
export function revocationOrderOf(request: NewRevocationDocument): RevocationOrder {
  const { client_id: clientId, jti, all, expires_at } = request;
  const familyId = request.family_id?.toLowerCase();
  const userId = request.user_id?.toLowerCase();
  const isWhole = familyId !== undefined || all !== undefined;
  const isPart = [userId, clientId, jti, expires_at].some((value) => value !== undefined);
  if (isWhole && (isPart || (familyId !== undefined && all !== undefined))) throw refuse();
  if (familyId !== undefined) return { kind: 'family', familyId };
  if (all === true) return { kind: 'everybody' };
  if (jti !== undefined && clientId !== undefined) {
    const expiresAt = expires_at === undefined ? undefined : new Date(expires_at);
    return { kind: 'access token', jti, clientId, userId, expiresAt };
  }
  if (jti !== undefined || expires_at !== undefined) throw refuse();
  return ofOwner(userId, clientId);
}

function ofOwner(userId: string | undefined, clientId: string | undefined): RevocationOrder {
  if (userId !== undefined && clientId !== undefined) return { kind: 'user at client', userId, clientId };
  if (userId !== undefined) return { kind: 'user', userId };
  if (clientId !== undefined) return { kind: 'client', clientId };
  throw refuse();
}

/** As the audit log and the answer name it. */
export function targetOf(order: RevocationOrder): AuditTarget {
  switch (order.kind) {
    case 'family':
      return { type: 'token_family', id: order.familyId };
    case 'user':
    case 'user at client':
      return { type: 'user', id: order.userId };
    case 'client':
      return { type: 'client', id: order.clientId };
    case 'access token':
      return { type: 'access_token', id: order.jti };
    case 'everybody':
      return EVERYBODY;
  }
}

function refuse(): ProblemError {
  return ProblemError.validation([{ pointer: '#', detail: COMBINATIONS }]);
}
