import { type Refusal } from './token-family.js';

/** What would have made a refused token pass, in words for an admin. One sentence for each refusal. */
export const REMEDIES: Readonly<Record<Refusal, string>> = {
  malformed:
    'a refresh token as this service issued it, whole and unchanged, under a key that REGRANT_KEYS still holds',
  unknown: 'a token whose family is still there; one that was purged takes a new sign-in',
  wrong_client: 'a request by the client that the token was issued to',
  proof_missing: 'a DPoP proof by the key that the token is bound to',
  wrong_proof_key: 'a DPoP proof by the key that the token is bound to, and no other',
  revoked: 'nothing: a revocation is final, the user has to sign in again',
  expired: 'a refresh before the expiry, or a longer lifetime in the token policy for the sessions to come',
  client_gone:
    'a client that is registered, enabled and has not had its tokens revoked since the token was issued',
  user_gone: 'a user who is there, active and has not been signed out since the token was issued',
  scope_too_wide: 'a scope within what was granted and what the client is registered for now, or none',
  resource_not_granted: 'a resource among those granted that the client is registered for now, or none',
  replayed:
    'the newest token of the family, or the one before it within the grace window; a client must keep each new token that it gets, and refresh once at a time',
};
