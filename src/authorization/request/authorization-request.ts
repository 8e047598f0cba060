/** How the answer travels to the client: in the query of a redirect, or in a form that the browser posts. */
export const RESPONSE_MODES = ['query', 'form_post'] as const;
export type ResponseMode = (typeof RESPONSE_MODES)[number];

/** What a client may ask of the person (OIDC Core §3.1.2.1). */
export const PROMPTS = ['none', 'login', 'consent', 'select_account'] as const;
export type Prompt = (typeof PROMPTS)[number];

/** Where an answer goes, an error too. Known before the rest of the request is looked at. */
export interface ResponseTarget {
  readonly clientId: string;
  /** As the request named it: one that the client is registered with. */
  readonly redirectUri: string;
  readonly responseMode: ResponseMode;
  readonly state?: string;
}

/** An authorization request that is sound (RFC 6749 §4.1.1). Plain values: it is sealed as JSON. */
export interface AuthorizationRequest extends ResponseTarget {
  /** S256 (RFC 7636 §4.2). */
  readonly codeChallenge: string;
  readonly scopes: readonly string[];
  /** Resources (RFC 8707). */
  readonly audiences: readonly string[];
  readonly prompts: readonly Prompt[];
  /** When it came, in milliseconds since the epoch. */
  readonly createdAt: number;
  readonly nonce?: string;
  /** Seconds since the person last authenticated, at most. */
  readonly maxAge?: number;
  readonly loginHint?: string;
  /** The person that the client means, and no other. */
  readonly hintedUserId?: string;
  readonly uiLocales?: string;
  /** Thumbprint of the DPoP key that the code is bound to (RFC 9449 §10). */
  readonly dpopJkt?: string;
}
