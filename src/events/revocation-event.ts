/** Who set a revocation off, as CAEP's `initiating_entity` has it. */
export type Initiator = 'admin' | 'user' | 'policy' | 'system';

/** Why something was revoked. */
export type RevocationReason =
  | 'replay'
  | 'max_families_per_user'
  | 'superseded'
  | 'client_request'
  | 'logout'
  | 'user_request'
  | 'consent_withdrawn'
  | 'password_change'
  | 'user_disabled'
  | 'user_deleted'
  | 'client_disabled'
  | 'client_deleted'
  | 'key_compromised'
  | 'admin_request';

/** Why, and set off by whom. */
export interface RevocationCause {
  readonly reason: RevocationReason;
  readonly initiator: Initiator;
}

/** What was revoked: each names no more than it takes to find the tokens that are dead. */
export type RevokedThing =
  | {
      readonly type: 'token-family-revoked';
      readonly subject: string;
      readonly sessionId: string;
      readonly clientId: string;
    }
  | {
      readonly type: 'access-token-revoked';
      readonly jti: string;
      readonly subject: string;
      readonly clientId: string;
    }
  | { readonly type: 'user-tokens-revoked'; readonly subject: string }
  | { readonly type: 'user-client-tokens-revoked'; readonly subject: string; readonly clientId: string }
  | { readonly type: 'client-tokens-revoked'; readonly clientId: string }
  | { readonly type: 'all-tokens-revoked' }
  | { readonly type: 'signing-key-revoked'; readonly keyId: string };

/** One revocation, as the outbox keeps it. Never holds a token. */
export type RevocationEvent = RevokedThing & RevocationCause;
