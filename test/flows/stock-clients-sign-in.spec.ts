import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { DEMO_CLIENT, DEMO_USER } from '../../src/first-run/demo-accounts.js';
import { authorize, CALLBACK } from '../support/authorization.js';
import { FollowingBrowser } from '../support/following-browser.js';
import { startApp, type TestApp } from '../support/test-app.js';

// Deprecated only to stand out: these tests are without TLS.
/* eslint-disable @typescript-eslint/no-deprecated */
const openidWithoutTls = openid.allowInsecureRequests;
const insecure = { [oauth.allowInsecureRequests]: true };
/* eslint-enable @typescript-eslint/no-deprecated */

const SPA = 'demo-spa';
const SCOPE = 'openid email offline_access';
const FAST_POLLING = { DEVICE_POLL_INTERVAL: '1' };

let service: TestApp;
beforeAll(async () => {
  service = await startApp(FAST_POLLING);
});
afterAll(() => service.stop());

const person = () => new FollowingBrowser(service.url);

describe('openid-client, unmodified', () => {
  const discover = (id: string, auth: openid.ClientAuth): Promise<openid.Configuration> =>
    openid.discovery(new URL(service.url), id, undefined, auth, { execute: [openidWithoutTls] });

  it.each([
    ['a confidential client', DEMO_CLIENT.id, openid.ClientSecretBasic(DEMO_CLIENT.secret)],
    ['a public client', SPA, openid.None()],
  ])(
    'signs a person in for %s: pushed request, code with PKCE, userinfo, refresh, revocation, logout',
    async (_case, id, auth) => {
      const config = await discover(id, auth);
      const [pkceCodeVerifier, expectedState, expectedNonce] = [
        openid.randomPKCECodeVerifier(),
        openid.randomState(),
        openid.randomNonce(),
      ];
      const pushed = await openid.buildAuthorizationUrlWithPAR(config, {
        redirect_uri: CALLBACK,
        scope: SCOPE,
        state: expectedState,
        nonce: expectedNonce,
        code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: 'S256',
      });
      const browser = person();
      const { url } = await authorize(browser, pushed.href);
      const checks = { pkceCodeVerifier, expectedState, expectedNonce, maxAge: 600 };
      const tokens = await openid.authorizationCodeGrant(config, url, checks);
      expect(tokens.claims()).toMatchObject({ nonce: expectedNonce, aud: id, iss: service.url });
      const { sub } = tokens.claims()!;
      const userinfo = await openid.fetchUserInfo(config, tokens.access_token, sub);
      expect(userinfo).toMatchObject({ sub, email: 'john@example.com' });
      const next = await openid.refreshTokenGrant(config, tokens.refresh_token!);
      expect(next.claims()).not.toHaveProperty('nonce');
      await openid.tokenRevocation(config, next.refresh_token!);
      await expect(openid.refreshTokenGrant(config, next.refresh_token!)).rejects.toMatchObject({
        error: 'invalid_grant',
      });
      const signOut = openid.buildEndSessionUrl(config, {
        id_token_hint: tokens.id_token!,
        post_logout_redirect_uri: `${service.url}/demo`,
        state: expectedState,
      });
      const signedOut = await browser.get(signOut.href);
      expect(signedOut.url.href).toBe(`${service.url}/demo?state=${expectedState}`);
      const again = openid.buildAuthorizationUrl(config, {
        redirect_uri: CALLBACK,
        scope: SCOPE,
        prompt: 'none',
        code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: 'S256',
      });
      expect((await browser.get(again.href)).url.searchParams.get('error')).toBe('login_required');
    },
  );

  it('refuses the answer of another issuer (mix-up, RFC 9207)', async () => {
    const config = await discover(SPA, openid.None());
    const pkceCodeVerifier = openid.randomPKCECodeVerifier();
    const code_challenge = await openid.calculatePKCECodeChallenge(pkceCodeVerifier);
    const parameters = {
      redirect_uri: CALLBACK,
      scope: 'email',
      code_challenge,
      code_challenge_method: 'S256',
    };
    const { url } = await authorize(person(), openid.buildAuthorizationUrl(config, parameters).href);
    for (const iss of ['https://other.example', undefined]) {
      const mixedUp = new URL(url);
      if (iss === undefined) mixedUp.searchParams.delete('iss');
      else mixedUp.searchParams.set('iss', iss);
      await expect(openid.authorizationCodeGrant(config, mixedUp, { pkceCodeVerifier })).rejects.toThrow();
    }
    expect(
      (await openid.authorizationCodeGrant(config, url, { pkceCodeVerifier })).access_token,
    ).toBeDefined();
  });

  it.each([
    ['confidential', DEMO_CLIENT.id, openid.ClientSecretBasic(DEMO_CLIENT.secret)],
    ['public', SPA, openid.None()],
  ])('lets a device in, as a %s client (RFC 8628)', async (_case, id, auth) => {
    const config = await discover(id, auth);
    const device = await openid.initiateDeviceAuthorization(config, { scope: 'openid email' });
    const polling = openid.pollDeviceAuthorizationGrant(config, device);
    const browser = person();
    const confirm = await browser.submit(await browser.get(device.verification_uri_complete!), DEMO_USER);
    await browser.submit(confirm, { decision: 'allow' });
    expect(await polling).toMatchObject({ token_type: 'bearer', scope: 'openid email' });
  });
});

describe('oauth4webapi, unmodified', () => {
  it.each([
    ['a confidential client', DEMO_CLIENT.id, oauth.ClientSecretPost(DEMO_CLIENT.secret)],
    ['a public client', SPA, oauth.None()],
  ])(
    'signs a person in for %s, whose pushed request is bound to a DPoP key: userinfo, refresh, revocation',
    async (_case, client_id, auth) => {
      const issuer = new URL(service.url);
      const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
      const client: oauth.Client = { client_id };
      const verifier = oauth.generateRandomCodeVerifier();
      const state = oauth.generateRandomState();
      const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
      const parameters = new URLSearchParams({
        redirect_uri: CALLBACK,
        response_type: 'code',
        scope: SCOPE,
        state,
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
      const options = { DPoP, ...insecure };
      const pushed = await oauth.processPushedAuthorizationResponse(
        as,
        client,
        await oauth.pushedAuthorizationRequest(as, client, auth, parameters, options),
      );
      const query = new URLSearchParams({ client_id, request_uri: pushed.request_uri });
      const { url } = await authorize(person(), `${as.authorization_endpoint!}?${query.toString()}`);
      const answer = oauth.validateAuthResponse(as, client, url, state);
      const exchange = (proof?: oauth.DPoPHandle) =>
        oauth.authorizationCodeGrantRequest(as, client, auth, answer, CALLBACK, verifier, {
          ...insecure,
          ...(proof && { DPoP: proof }),
        });
      const other = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
      expect((await exchange(other)).status).toBe(400);
      const tokens = await oauth.processAuthorizationCodeResponse(as, client, await exchange(DPoP));
      expect(tokens).toMatchObject({ token_type: 'dpop', refresh_token: expect.stringMatching(/^rgr_/) });
      const refreshed = await oauth.refreshTokenGrantRequest(
        as,
        client,
        auth,
        tokens.refresh_token!,
        options,
      );
      const next = await oauth.processRefreshTokenResponse(as, client, refreshed);
      expect(next.token_type).toBe('dpop');
      const { sub } = oauth.getValidatedIdTokenClaims(tokens)!;
      const userinfo = await oauth.userInfoRequest(as, client, next.access_token, options);
      expect(await oauth.processUserInfoResponse(as, client, sub, userinfo)).toMatchObject({ sub });
      const revoked = await oauth.revocationRequest(as, client, auth, next.refresh_token!, insecure);
      await oauth.processRevocationResponse(revoked);
      const dead = await oauth.userInfoRequest(as, client, next.access_token, options);
      expect(dead.status).toBe(401);
    },
  );

  it('lets a device in (RFC 8628)', async () => {
    const issuer = new URL(service.url);
    const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
    const client: oauth.Client = { client_id: SPA };
    const asked = await oauth.deviceAuthorizationRequest(
      as,
      client,
      oauth.None(),
      new URLSearchParams({ scope: 'openid' }),
      insecure,
    );
    const device = await oauth.processDeviceAuthorizationResponse(as, client, asked);
    const browser = person();
    const confirm = await browser.submit(await browser.get(device.verification_uri_complete!), DEMO_USER);
    await browser.submit(confirm, { decision: 'allow' });
    const answer = await oauth.deviceCodeGrantRequest(as, client, oauth.None(), device.device_code, insecure);
    const tokens = await oauth.processDeviceCodeResponse(as, client, answer);
    expect(oauth.getValidatedIdTokenClaims(tokens)).toMatchObject({ iss: service.url, aud: SPA });
  });
});
