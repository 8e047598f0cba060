import { type Client } from '../clients/client.js';
import { type FormParameters } from '../common/form-parameters.js';

/** A token request whose client is authenticated and may use the grant. */
export interface GrantRequest {
  readonly client: Client;
  readonly parameters: FormParameters;
  /** Thumbprint of the key of a verified DPoP proof (RFC 9449). */
  readonly jkt?: string;
  /** Where the request comes from. */
  readonly address: string;
  /** What the client or its user's browser calls itself. */
  readonly userAgent?: string;
  readonly requestId: string;
  /** Whether nobody waits for the answer any more: what has not begun need not. */
  readonly isAbandoned?: () => boolean;
}

/** The answer of RFC 6749 §5.1. Lifetimes in seconds. */
export interface TokenResponse {
  readonly access_token: string;
  readonly token_type: 'Bearer' | 'DPoP';
  readonly expires_in: number;
  readonly scope?: string;
  readonly refresh_token?: string;
  readonly refresh_token_expires_in?: number;
  /** Where the scope has `openid` (OIDC Core §3.1.3.3). */
  readonly id_token?: string;
}

/** What the log is told of a grant, besides the answer. */
export interface GrantResult {
  readonly response: TokenResponse;
  readonly outcome: string;
  readonly familyId?: string;
}

/** One way of getting tokens (RFC 6749 §1.3). */
export interface GrantStrategy {
  /** The value of `grant_type`. */
  readonly grantType: string;
  /** Its parameters that may be repeated; of all others only one is taken (RFC 6749 §3.2). */
  readonly repeatableParameters: readonly string[];
  /** @throws OAuthError as RFC 6749 §5.2 has it */
  execute(request: GrantRequest): Promise<GrantResult>;
}

export const GRANT_STRATEGIES = Symbol('GRANT_STRATEGIES');
