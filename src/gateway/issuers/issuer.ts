import { type GrantCredential } from '../credentials/credential.js';

/** What an issuer gave, as it said it. Moments in milliseconds since the epoch. */
export interface GrantedTokens {
  readonly accessToken: string;
  readonly expiresAt: number;
  readonly refreshToken: string | undefined;
  /** Where the issuer tells it. */
  readonly refreshExpiresAt: number | undefined;
  /** Where an ID token tells it. */
  readonly subject: string | undefined;
}

/** Whom an access token is for, as far as it tells. */
export interface TokenHolder {
  readonly subject: string | undefined;
}

/** `dead`: expired, revoked, or never alive; `unfit`: not the issuer's, or not meant for the route. */
export type Verification = TokenHolder | 'dead' | 'unfit';

/** For whom the gateway asks. */
export interface Asker {
  readonly address: string;
  readonly requestId: string;
}

/** Who issues the tokens of a route, as the route's client sees it. */
export interface Issuer {
  /** Seconds that a grant takes at most: nobody else tries before, and after a process has died somebody must. */
  readonly patience: number;

  /** Whether a refresh token could be one of the issuer's: what could not need not be looked up. */
  couldHaveIssued(refreshToken: string): boolean;

  /**
   * Gets tokens, which nobody has looked at yet: a successor must be kept, whatever its access token is like.
   *
   * @throws GatewayError when it refuses, or does not answer
   */
  grant(credential: GrantCredential, asker: Asker): Promise<GrantedTokens>;

  /**
   * Looks at an access token: signature, issuer, audience, expiry, and whether it was revoked.
   *
   * @param wasGranted whether {@link grant} has given it: then one that only the issuer can read is taken at its word
   */
  verify(accessToken: string, wasGranted: boolean): Promise<Verification>;
}
