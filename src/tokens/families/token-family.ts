/**
 * One session: what a user granted a client, and the one refresh token that stands for it now. However
 * often the token rotates, it stays one row.
 */
export interface TokenFamily {
  /** A UUID; the `sid` of the family's access tokens. */
  readonly id: string;
  readonly user_id: string;
  readonly client_id: string;
  readonly scopes: readonly string[];
  /** Resources granted (RFC 8707). */
  readonly audiences: readonly string[];
  readonly issued_at: Date;
  readonly expires_at: Date;
  /** When, and how strongly, the user authenticated: constant across refreshes (RFC 9068 §2.2.1). */
  readonly auth_time: Date;
  readonly amr: readonly string[];
  readonly acr: string | null;
  /** Thumbprint of the DPoP key that the refresh token is bound to (RFC 9449 §5). */
  readonly dpop_jkt: string | null;
  /** The database's clock when the row was read. */
  readonly now: Date;
}

/** A family with all that decides what becomes of a token presented for it. */
export interface FamilyState extends TokenFamily {
  /** Of the current token. */
  readonly generation: number;
  /** Tokens before this generation were issued without being bound to a key. */
  readonly dpop_bound_generation?: number;
  readonly token_hash: Buffer;
  readonly key_version: number;
  readonly rotated_at: Date | null;
  readonly last_used_at?: Date | null;
  readonly revoked_at: Date | null;
  readonly username?: string | null;
  /** The client is there, enabled, and issued the family after its cutoff. */
  readonly client_live: boolean;
  /** The user is there, active, and the family is younger than their cutoff. */
  readonly user_live: boolean;
}

/** A refresh token being presented, with what the request asks for. */
export interface Presentation {
  readonly clientId: string;
  readonly generation: number;
  readonly tokenHash: Buffer;
  /** Of the token that would follow. */
  readonly successorHash: Buffer;
  /** Thumbprint of the key that the request's DPoP proof is by. */
  readonly jkt?: string;
  /** Left out: all that was granted. */
  readonly scopes?: readonly string[];
  readonly audiences?: readonly string[];
}

/** Why a presented token is refused. */
export type Refusal =
  | 'malformed'
  | 'unknown'
  | 'wrong_client'
  | 'proof_missing'
  | 'wrong_proof_key'
  | 'revoked'
  | 'expired'
  | 'client_gone'
  | 'user_gone'
  | 'scope_too_wide'
  | 'resource_not_granted'
  | 'replayed';
