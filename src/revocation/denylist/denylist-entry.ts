import { type RevokedThing } from '../../events/revocation-event.js';

/** What a check of an access token goes by. */
export interface ListedToken {
  readonly jti: string;
  readonly clientId: string;
  /** The session: the family that it was issued under. */
  readonly familyId?: string;
  readonly userId?: string;
  /** `kid` of the key that it was signed or encrypted under. */
  readonly keyId?: string;
}

/** A key of the denylist, and up to when (milliseconds since the epoch) a token of it must have been issued to be dead. */
export interface DenylistEntry {
  readonly key: string;
  readonly issuedUpTo: number;
}

/** An id that is dead is dead whenever its token was issued. */
const ALWAYS = Number.MAX_SAFE_INTEGER;

const EVERYBODY = 'all';

/** @param occurredAt the cutoff's moment, in milliseconds since the epoch */
export function entryOf(revoked: RevokedThing, occurredAt: number): DenylistEntry {
  switch (revoked.type) {
    case 'access-token-revoked':
      return accessTokenEntry(revoked.jti);
    case 'token-family-revoked':
      return sessionEntry(revoked.sessionId);
    case 'user-tokens-revoked':
      return { key: userKey(revoked.subject), issuedUpTo: occurredAt };
    case 'user-client-tokens-revoked':
      return { key: userAtClientKey(revoked.subject, revoked.clientId), issuedUpTo: occurredAt };
    case 'client-tokens-revoked':
      return { key: clientKey(revoked.clientId), issuedUpTo: occurredAt };
    case 'all-tokens-revoked':
      return { key: EVERYBODY, issuedUpTo: occurredAt };
    case 'signing-key-revoked':
      return keyEntry(revoked.keyId);
  }
}

export function accessTokenEntry(jti: string): DenylistEntry {
  return { key: accessTokenKey(jti), issuedUpTo: ALWAYS };
}

export function sessionEntry(familyId: string): DenylistEntry {
  return { key: sessionKey(familyId), issuedUpTo: ALWAYS };
}

export function keyEntry(keyId: string): DenylistEntry {
  return { key: tokenKeyKey(keyId), issuedUpTo: ALWAYS };
}

/** Every key under which a token could be listed. */
export function keysOf({ jti, clientId, familyId, userId, keyId }: ListedToken): string[] {
  const keys = [EVERYBODY, accessTokenKey(jti), clientKey(clientId)];
  if (keyId !== undefined) keys.push(tokenKeyKey(keyId));
  if (familyId !== undefined) keys.push(sessionKey(familyId));
  if (userId !== undefined) keys.push(userKey(userId), userAtClientKey(userId, clientId));
  return keys;
}

function accessTokenKey(jti: string): string {
  return `jti:${jti}`;
}

function sessionKey(familyId: string): string {
  return `session:${familyId}`;
}

function userKey(userId: string): string {
  return `user:${userId}`;
}

function clientKey(clientId: string): string {
  return `client:${clientId}`;
}

function tokenKeyKey(keyId: string): string {
  return `kid:${keyId}`;
}

function userAtClientKey(userId: string, clientId: string): string {
  return `user:${userId}:client:${clientId}`;
}
