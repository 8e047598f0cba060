import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { DEMO_CLIENT, DEMO_USER } from '../../src/first-run/demo-accounts.js';
import { startApp, type TestApp } from '../support/test-app.js';

// Deprecated only to stand out: these tests are without TLS.
/* eslint-disable @typescript-eslint/no-deprecated */
const openidWithoutTls = openid.allowInsecureRequests;
const insecure = { [oauth.allowInsecureRequests]: true };
/* eslint-enable @typescript-eslint/no-deprecated */

const SPA = 'demo-spa';
const API = 'https://api.example';

let service: TestApp;
let nonces: TestApp;
beforeAll(async () => {
  service = await startApp();
  nonces = await startApp({ DPOP_NONCE_REQUIRED: 'true' });
});
afterAll(async () => {
  await service.stop();
  await nonces.stop();
});

describe.each(['oidc', 'oauth2'] as const)(
  'openid-client, by the %s discovery document alone',
  (algorithm) => {
    const discover = (app: TestApp, id: string, auth: openid.ClientAuth): Promise<openid.Configuration> =>
      openid.discovery(new URL(app.url), id, undefined, auth, {
        algorithm,
        execute: [openidWithoutTls],
      });

    it.each([
      ['Basic', DEMO_CLIENT.id, openid.ClientSecretBasic(DEMO_CLIENT.secret)],
      ['credentials in the body', DEMO_CLIENT.id, openid.ClientSecretPost(DEMO_CLIENT.secret)],
      ['client_id alone', SPA, openid.None()],
    ])('gets and refreshes tokens with %s', async (_case, id, auth) => {
      const config = await discover(service, id, auth);
      let tokens = await openid.genericGrantRequest(config, 'password', { ...DEMO_USER, scope: 'email' });
      for (let round = 0; round < 3; round += 1) {
        const next = await openid.refreshTokenGrant(config, tokens.refresh_token!);
        expect(next).toMatchObject({ token_type: 'bearer', scope: 'email', expires_in: 3600 });
        expect(next.expiresIn()).toBeGreaterThan(3500);
        expect(next.refresh_token).not.toBe(tokens.refresh_token);
        tokens = next;
      }
    });

    it('gets a token for itself, without a refresh token (A16)', async () => {
      const config = await discover(service, DEMO_CLIENT.id, openid.ClientSecretBasic(DEMO_CLIENT.secret));
      const tokens = await openid.clientCredentialsGrant(config, { scope: 'introspect' });
      expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'introspect' });
      expect(tokens.refresh_token).toBeUndefined();
    });

    it('learns of a forged token as invalid_grant', async () => {
      const config = await discover(service, DEMO_CLIENT.id, openid.ClientSecretBasic(DEMO_CLIENT.secret));
      await expect(openid.refreshTokenGrant(config, 'rgr_forged')).rejects.toMatchObject({
        status: 400,
        error: 'invalid_grant',
      });
    });

    it.each(['with', 'without'])('uses DPoP %s nonces of the server (A11, A12)', async (mode) => {
      const config = await discover(mode === 'with' ? nonces : service, SPA, openid.None());
      const options = { DPoP: openid.getDPoPHandle(config, await openid.randomDPoPKeyPair()) };
      const first = await openid.genericGrantRequest(config, 'password', { ...DEMO_USER }, options);
      const second = await openid.refreshTokenGrant(config, first.refresh_token!, undefined, options);
      expect([first.token_type, second.token_type]).toEqual(['dpop', 'dpop']);
      const other = { DPoP: openid.getDPoPHandle(config, await openid.randomDPoPKeyPair()) };
      await expect(
        openid.refreshTokenGrant(config, second.refresh_token!, undefined, other),
      ).rejects.toMatchObject({ error: 'invalid_grant' });
    });
  },
);

describe.each(['oidc', 'oauth2'] as const)(
  'oauth4webapi, by the %s discovery document alone',
  (algorithm) => {
    const discover = async (): Promise<oauth.AuthorizationServer> => {
      const issuer = new URL(service.url);
      const answer = await oauth.discoveryRequest(issuer, { algorithm, ...insecure });
      return oauth.processDiscoveryResponse(issuer, answer);
    };

    it.each([
      ['Basic', DEMO_CLIENT.id, oauth.ClientSecretBasic(DEMO_CLIENT.secret)],
      ['credentials in the body', DEMO_CLIENT.id, oauth.ClientSecretPost(DEMO_CLIENT.secret)],
      ['client_id alone', SPA, oauth.None()],
    ])('gets and refreshes tokens with %s', async (_case, client_id, auth) => {
      const [as, client] = [await discover(), { client_id }];
      const form = new URLSearchParams(DEMO_USER);
      const answer = await oauth.genericTokenEndpointRequest(as, client, auth, 'password', form, insecure);
      const first = await oauth.processGenericTokenEndpointResponse(as, client, answer);
      const refresh = await oauth.refreshTokenGrantRequest(as, client, auth, first.refresh_token!, insecure);
      const second = await oauth.processRefreshTokenResponse(as, client, refresh);
      expect(second).toMatchObject({ token_type: 'bearer', refresh_token: expect.stringMatching(/^rgr_/) });
      expect(second.refresh_token).not.toBe(first.refresh_token);
    });

    it('validates an access token as a resource server does (D1)', async () => {
      const as = await discover();
      const client = { client_id: DEMO_CLIENT.id };
      const auth = oauth.ClientSecretBasic(DEMO_CLIENT.secret);
      const form = new URLSearchParams({ scope: 'introspect' });
      const answer = await oauth.clientCredentialsGrantRequest(as, client, auth, form, insecure);
      const { access_token } = await oauth.processClientCredentialsResponse(as, client, answer);
      const request = new Request(API, { headers: { authorization: `Bearer ${access_token}` } });
      const claims = await oauth.validateJwtAccessToken(as, request, service.url, insecure);
      expect(claims).toMatchObject({ client_id: DEMO_CLIENT.id, scope: 'introspect', iss: service.url });
      await expect(oauth.validateJwtAccessToken(as, request, API, insecure)).rejects.toThrow();
    });
  },
);
