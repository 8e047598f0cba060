import { type GrantCredential } from '../credentials/credential.js';

/** What an issuer gave, its access token verified. Moments in milliseconds since the epoch. */
export interface GrantedTokens {
  readonly accessToken: string;
  readonly expiresAt: number;
  readonly refreshToken: string | undefined;
  /** Where the issuer tells it. */
  readonly refreshExpiresAt: number | undefined;
  readonly subject: string | undefined;
}

/** Whom an access token is for. */
export interface TokenHolder {
  readonly subject: string | undefined;
}

/** For whom the gateway asks. */
export interface Asker {
  readonly address: string;
  readonly requestId: string;
}

/** Who issues the tokens of a route, as the route's client sees it. */
export interface Issuer {
  /** Seconds that a grant takes at most: nobody else tries before, and after a process has died somebody must. */
  readonly patience: number;

  /** @throws GatewayError when it refuses, or does not answer */
  grant(credential: GrantCredential, asker: Asker): Promise<GrantedTokens>;

  /**
   * Looks at an access token that was shown to the gateway.
   *
   * @returns `undefined` for one that is not alive, not the issuer's, or not meant for the route
   */
  examine(accessToken: string): Promise<TokenHolder | undefined>;

  /** Whether an access token that {@link grant} has given, and that has not expired, was not revoked since. */
  isAlive(accessToken: string): Promise<boolean>;
}
