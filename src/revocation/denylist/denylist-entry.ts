import { type RevokedThing } from '../../events/revocation-event.js';

/** What a check of an access token goes by. */
export interface ListedToken {
  readonly jti: string;
  readonly clientId: string;
  /** The session: the family that it was issued under. */
  readonly familyId?: string;
  readonly userId?: string;
}

/** A key of the denylist, and up to when (milliseconds since the epoch) a token of it must have been issued to be dead. */
export interface DenylistEntry {
  readonly key: string;
  readonly issuedUpTo: number;
}

/** An id that is dead is dead whenever its token was issued. */
export const ALWAYS = Number.MAX_SAFE_INTEGER;

const EVERYBODY = 'all';

/** @param occurredAt the cutoff's moment, in milliseconds since the epoch */
export function entryOf(revoked: RevokedThing, occurredAt: number): DenylistEntry {
  switch (revoked.type) {
    case 'access-token-revoked':
      return { key: `jti:${revoked.jti}`, issuedUpTo: ALWAYS };
    case 'token-family-revoked':
      return { key: `session:${revoked.sessionId}`, issuedUpTo: ALWAYS };
    case 'user-tokens-revoked':
      return { key: userKey(revoked.subject), issuedUpTo: occurredAt };
    case 'user-client-tokens-revoked':
      return { key: userAtClientKey(revoked.subject, revoked.clientId), issuedUpTo: occurredAt };
    case 'client-tokens-revoked':
      return { key: clientKey(revoked.clientId), issuedUpTo: occurredAt };
    case 'all-tokens-revoked':
      return { key: EVERYBODY, issuedUpTo: occurredAt };
  }
}

/** Every key under which a token could be listed. */
export function keysOf({ jti, clientId, familyId, userId }: ListedToken): string[] {
  const keys = [EVERYBODY, `jti:${jti}`, clientKey(clientId)];
  if (familyId !== undefined) keys.push(`session:${familyId}`);
  if (userId !== undefined) keys.push(userKey(userId), userAtClientKey(userId, clientId));
  return keys;
}

function userKey(userId: string): string {
  return `user:${userId}`;
}

function clientKey(clientId: string): string {
  return `client:${clientId}`;
}

function userAtClientKey(userId: string, clientId: string): string {
  return `user:${userId}:client:${clientId}`;
}
