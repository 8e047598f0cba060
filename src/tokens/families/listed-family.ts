/**
 * What a family is good for now: `live`; `revoked` by itself; `expired`, by its own lifetime or the policy's
 * absolute one; or `ended` by what became of its client, its user or everybody's tokens. The first that holds, in
 * the order revoked, expired, ended.
 */
export const FAMILY_STATUSES = ['live', 'expired', 'revoked', 'ended'] as const;
export type FamilyStatus = (typeof FAMILY_STATUSES)[number];

/** What ended a family that was not revoked by itself. */
export type FamilyEnd =
  | 'all_tokens_revoked'
  | 'client_deleted'
  | 'client_disabled'
  | 'client_tokens_revoked'
  | 'user_deleted'
  | 'user_disabled'
  | 'user_tokens_revoked';

/** A family as admins see it: whose it is, how it fares, and nothing of its token. */
export interface ListedFamily {
  readonly id: string;
  readonly user_id: string;
  /** `null` when the user is gone. */
  readonly username: string | null;
  readonly client_id: string;
  /** `null` when the client is gone. */
  readonly client_name: string | null;
  readonly scopes: readonly string[];
  readonly audiences: readonly string[];
  readonly status: FamilyStatus;
  /** Whether or not it was also revoked or has expired. */
  readonly ended_by: FamilyEnd | null;
  readonly issued_at: Date;
  /** Of the current token. */
  readonly generation: number;
  readonly rotated_at: Date | null;
  readonly last_used_at: Date | null;
  /** The earlier of its token's expiry and of the end of its absolute lifetime. */
  readonly expires_at: Date;
  readonly revoked_at: Date | null;
  readonly revocation_reason: string | null;
  readonly auth_time: Date;
  readonly amr: readonly string[];
  readonly acr: string | null;
  readonly dpop_jkt: string | null;
  readonly dpop_bound_generation: number;
  readonly browser_session_id: string | null;
  /** Whether it outlives its browser session. */
  readonly offline: boolean;
  /** What the user signed in with, as it calls itself. */
  readonly user_agent: string | null;
  readonly signed_in_address: string | null;
  /** Where it was refreshed from last. */
  readonly last_used_address: string | null;
}

/** Which families to list. Those given must all hold. */
export interface FamilyFilter {
  readonly userId?: string;
  readonly clientId?: string;
  readonly status?: FamilyStatus;
  /** Issued then or later. By the time in the family's id, in milliseconds. */
  readonly issuedAfter?: Date;
  /** Issued before then. */
  readonly issuedBefore?: Date;
}
