import { createHash } from 'node:crypto';
import { type AccessTokenClaims } from '../../tokens/access-tokens/access-token.js';

/** What a person granted, for a code to stand for until the client exchanges it (RFC 6749 §4.1.2). */
export interface CodeGrant {
  readonly clientId: string;
  readonly userId: string;
  readonly redirectUri: string;
  readonly codeChallenge: string;
  readonly scopes: readonly string[];
  readonly audiences: readonly string[];
  readonly authTime: Date;
  readonly amr: readonly string[];
  readonly acr?: string;
  readonly nonce?: string;
  /** Thumbprint of the DPoP key that the code is bound to (RFC 9449 §10). */
  readonly dpopJkt?: string;
  readonly browserSessionId?: string;
  /** Of the browser that the person used. */
  readonly userAgent?: string;
  readonly address?: string;
}

/** A code as a client presents it, with what it proves itself the rightful one by. */
export interface CodePresentation {
  readonly code: string;
  readonly clientId: string;
  readonly redirectUri: string;
  /** RFC 7636 §4.5. */
  readonly codeVerifier: string;
  /** Thumbprint of the key of the request's DPoP proof. */
  readonly jkt?: string;
  /** The resources that the access token is to be for; left out: all that was granted. */
  readonly audiences?: readonly string[];
}

/** What became of a code: a family, or an access token of none. */
export type IssuedFor =
  { readonly familyId: string } | { readonly accessToken: Pick<AccessTokenClaims, 'jti' | 'exp'> };

/** Why a code is not accepted. */
export type CodeRefusal =
  | 'unknown'
  | 'wrong_client'
  | 'wrong_redirect_uri'
  | 'wrong_verifier'
  | 'proof_missing'
  | 'wrong_proof_key'
  | 'resource_not_granted'
  | 'replayed'
  | 'expired'
  | 'grant_gone';

/** What a stored code is judged by. */
export interface CodeState {
  readonly client_id: string;
  readonly user_id: string;
  readonly redirect_uri: string;
  readonly code_challenge: string;
  readonly dpop_jkt: string | null;
  readonly audiences: readonly string[];
  readonly expires_at: Date;
  readonly consumed_at: Date | null;
  readonly family_id: string | null;
  readonly access_token_jti: string | null;
  readonly access_token_expires_at: Date | null;
  /** The database's clock when the row was read. */
  readonly now: Date;
}

/** A code has 256 random bits; the prefix lets secret scanners find one that leaked. */
export const CODE_PREFIX = 'rgz_';
export const CODE_BYTES = 32;

/** What the database knows a code by. */
export function hashOfCode(code: string): Buffer {
  return createHash('sha256').update(code).digest();
}

/** The challenge of a verifier (RFC 7636 §4.6). */
export function challengeOf(codeVerifier: string): string {
  return createHash('sha256').update(codeVerifier).digest('base64url');
}
