/** Who set a revocation off, as CAEP's `initiating_entity` has it. */
export type Initiator = 'admin' | 'user' | 'policy' | 'system';

/** Why something was revoked. */
export type RevocationReason = 'replay' | 'max_families_per_user';

/** One revocation, as the outbox keeps it. Never holds a token. */
export interface RevocationEvent {
  readonly type: 'token-family-revoked';
  /** The user. */
  readonly subject: string;
  /** The family, which is the `sid` of its access tokens. */
  readonly sessionId: string;
  readonly clientId: string;
  readonly reason: RevocationReason;
  readonly initiator: Initiator;
}
