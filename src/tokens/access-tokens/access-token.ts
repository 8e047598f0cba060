import { type Client } from '../../clients/client.js';
import { type TokenPolicy } from '../../clients/token-policy.js';
import { type ScopeSet } from '../../common/scope-set.js';

/** What an access token is to say. */
export interface AccessTokenRequest {
  readonly client: Client;
  /** The user, or the client where there is none (RFC 9068 §2.2). */
  readonly subject: string;
  readonly scopes: ScopeSet;
  readonly audiences: readonly string[];
  /** The family that it is issued under. */
  readonly sessionId?: string;
  /** Thumbprint of the DPoP key that it is bound to (RFC 9449 §6.1). */
  readonly jkt?: string;
  readonly authTime?: Date;
  readonly acr?: string | null;
  readonly amr?: readonly string[];
}

export interface MintedAccessToken {
  readonly token: string;
  readonly claims: AccessTokenClaims;
  readonly type: 'Bearer' | 'DPoP';
  /** Seconds. */
  readonly expiresIn: number;
}

/** The claims of an access token, in either format (RFC 9068 §2.2). Times in seconds since the epoch. */
export interface AccessTokenClaims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string | string[];
  readonly client_id: string;
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
  readonly scope?: string;
  readonly sid?: string;
  readonly cnf?: { readonly jkt: string };
  readonly auth_time?: number;
  readonly acr?: string;
  readonly amr?: readonly string[];
}

/** How claims become a token. */
export interface AccessTokenEncoder {
  readonly format: TokenPolicy['accessTokenFormat'];
  encode(claims: AccessTokenClaims, policy: TokenPolicy): Promise<string>;
}
