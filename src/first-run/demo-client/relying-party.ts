import { Inject, Injectable } from '@nestjs/common';
import * as openid from 'openid-client';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { DEMO_CLIENT } from '../demo-accounts.js';

/** What a sign-in under way must come back with. */
export interface PendingSignIn {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

export type Tokens = Awaited<ReturnType<typeof openid.authorizationCodeGrant>>;

const SCOPE = 'openid profile email offline_access';

/** The demo client at work: a relying party as any other, by a stock library and over HTTP. */
@Injectable()
export class RelyingParty {
  private configuration: Promise<openid.Configuration> | undefined;

  constructor(@Inject(httpConfig.KEY) private readonly http: HttpSettings) {}

  get redirectUri(): string {
    return `${this.http.issuerUrl}/demo/callback`;
  }

  /** Where the browser is to go to sign in, and what to keep until it is back (RFC 7636, OIDC Core §3.1.2.1). */
  async begin(): Promise<{ url: URL; pending: PendingSignIn }> {
    const pending = {
      state: openid.randomState(),
      nonce: openid.randomNonce(),
      codeVerifier: openid.randomPKCECodeVerifier(),
    };
    const url = openid.buildAuthorizationUrl(await this.discovered(), {
      redirect_uri: this.redirectUri,
      scope: SCOPE,
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await openid.calculatePKCECodeChallenge(pending.codeVerifier),
      code_challenge_method: 'S256',
    });
    return { url, pending };
  }

  /** @throws Error as openid-client does when the answer is an error, or not to this request */
  async finish(query: string, { state, nonce, codeVerifier }: PendingSignIn): Promise<Tokens> {
    return openid.authorizationCodeGrant(await this.discovered(), new URL(this.redirectUri + query), {
      pkceCodeVerifier: codeVerifier,
      expectedState: state,
      expectedNonce: nonce,
    });
  }

  async refresh(refreshToken: string): Promise<Tokens> {
    return openid.refreshTokenGrant(await this.discovered(), refreshToken);
  }

  async revoke(refreshToken: string): Promise<void> {
    await openid.tokenRevocation(await this.discovered(), refreshToken);
  }

  /** RP-initiated logout. */
  async signOutUrl(idToken: string): Promise<URL> {
    return openid.buildEndSessionUrl(await this.discovered(), {
      id_token_hint: idToken,
      post_logout_redirect_uri: `${this.http.issuerUrl}/demo`,
    });
  }

  /** Once; again where it failed. */
  private discovered(): Promise<openid.Configuration> {
    this.configuration ??= openid
      .discovery(new URL(this.http.issuerUrl), DEMO_CLIENT.id, DEMO_CLIENT.secret, undefined, {
        // The demo is on loopback, over http.
        // eslint-disable-next-line @typescript-eslint/no-deprecated
        execute: [openid.allowInsecureRequests],
      })
      .catch((error: unknown) => {
        this.configuration = undefined;
        throw error;
      });
    return this.configuration;
  }
}
