import { type Client } from '../../clients/client.js';
import { type ScopeSet } from '../../common/scope-set.js';

/** `typ` of an ID token's header, which tells it from our other JWTs. */
export const ID_TOKEN_TYPE = 'JWT';

/** What an ID token is to say. */
export interface IdTokenRequest {
  readonly client: Client;
  readonly userId: string;
  /** Of the access token beside it. */
  readonly scopes: ScopeSet;
  readonly accessToken: string;
  /** When, and how, the user authenticated: the same in every ID token of a session (OIDC Core §12.2). */
  readonly authTime: Date;
  readonly acr?: string | null;
  readonly amr: readonly string[];
  /** The session at the client that a logout token names: the family's id where there is a family. */
  readonly sid?: string;
  /** Of the authorization request; an ID token of a refresh has none. */
  readonly nonce?: string;
}

/** The claims of an ID token besides those of the user (OIDC Core §2). Times in seconds since the epoch. */
export interface IdTokenClaims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string;
  readonly exp: number;
  readonly iat: number;
  readonly auth_time: number;
  readonly at_hash: string;
  readonly sid?: string;
  readonly nonce?: string;
  readonly acr?: string;
  readonly amr?: readonly string[];
}

/** For discovery. */
export const ID_TOKEN_CLAIMS = [
  'iss',
  'sub',
  'aud',
  'exp',
  'iat',
  'auth_time',
  'at_hash',
  'sid',
  'nonce',
  'acr',
  'amr',
] as const satisfies (keyof IdTokenClaims)[];
