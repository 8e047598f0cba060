import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair } from 'jose';
import * as openid from 'openid-client';
import { DEMO_USER } from '../../src/first-run/demo-accounts.js';
import { type Answer, send } from '../support/http.js';
import { type ManagementClient, startManaged } from '../support/management.js';
import {
  initialAccessToken,
  manage,
  METADATA,
  register,
  REGISTRATION_ENVIRONMENT,
} from '../support/registration.js';
import { startApp, type TestApp } from '../support/test-app.js';

// Deprecated only to stand out: these tests are without TLS.
// eslint-disable-next-line @typescript-eslint/no-deprecated
const WITHOUT_TLS = { execute: [openid.allowInsecureRequests] };

describe.each(['oidc', 'oauth2'] as const)('openid-client, by the %s discovery document', (algorithm) => {
  let service: TestApp & { readonly admin: ManagementClient };
  beforeAll(async () => {
    service = await startManaged({
      ...REGISTRATION_ENVIRONMENT,
      DYNAMIC_REGISTRATION: 'initial_access_token',
    });
  });
  afterAll(() => service.stop());

  const registerAs = async (metadata: Partial<openid.ClientMetadata>, auth = openid.ClientSecretBasic()) =>
    openid.dynamicClientRegistration(new URL(service.url), { ...METADATA, ...metadata }, auth, {
      ...WITHOUT_TLS,
      algorithm,
      initialAccessToken: await initialAccessToken(service.admin, { scopes: ['read', 'write'] }),
    });
  const signInAndRefresh = async (config: openid.Configuration) => {
    const first = await openid.genericGrantRequest(config, 'password', { ...DEMO_USER });
    return openid.refreshTokenGrant(config, first.refresh_token!);
  };

  it('finds the endpoint, registers and refreshes, with each way to authenticate (E5)', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const jwks = { keys: [await exportJWK(publicKey)] };
    const configs = [
      await registerAs({}),
      await registerAs({ token_endpoint_auth_method: 'client_secret_post' }, openid.ClientSecretPost()),
      await registerAs(
        { token_endpoint_auth_method: 'none', grant_types: ['refresh_token', 'password'] },
        openid.None(),
      ),
      await registerAs(
        { token_endpoint_auth_method: 'private_key_jwt', jwks },
        openid.PrivateKeyJwt(privateKey),
      ),
    ];
    for (const config of configs) {
      expect(config.serverMetadata().registration_endpoint).toBe(`${service.url}/oauth2/register`);
      expect((await signInAndRefresh(config)).refresh_token).toMatch(/^rgr_/);
    }
  });

  it('gets no refresh token that it can use unless it lists the grant (E5)', async () => {
    const config = await registerAs({ grant_types: ['password'] });
    const { refresh_token } = await openid.genericGrantRequest(config, 'password', { ...DEMO_USER });
    expect(refresh_token).toBeUndefined();
    await expect(openid.refreshTokenGrant(config, 'rgr_x')).rejects.toMatchObject({
      error: 'unauthorized_client',
    });
  });

  it('always rotates a public client’s tokens (S0.1)', async () => {
    const metadata = { token_endpoint_auth_method: 'none', grant_types: ['refresh_token', 'password'] };
    const policy = { token_policy: { rotation: false } };
    const config = await registerAs({ ...metadata, ...policy }, openid.None());
    const first = await openid.genericGrantRequest(config, 'password', { ...DEMO_USER });
    const next = await openid.refreshTokenGrant(config, first.refresh_token!);
    expect(next.refresh_token).not.toBe(first.refresh_token);
  });

  it('learns why it was refused, in RFC 7591’s words', async () => {
    await expect(registerAs({ scope: 'clients:write' })).rejects.toMatchObject({
      error: 'invalid_client_metadata',
      status: 400,
    });
  });

  it('manages its registration by what it was told', async () => {
    const config = await registerAs({});
    const answer = { body: config.clientMetadata() } as unknown as Answer;
    expect((await manage('GET', answer)).body).toMatchObject({ client_name: 'Self-made' });
    expect((await manage('DELETE', answer)).status).toBe(204);
    await expect(openid.clientCredentialsGrant(config)).rejects.toMatchObject({ status: 401 });
  });
});

describe('an issuer with a path', () => {
  it('has its registrations below that path', async () => {
    const issuer = 'https://as.example/tenant';
    const service = await startApp({ ...REGISTRATION_ENVIRONMENT, ISSUER: issuer });
    try {
      const origin = `http://127.0.0.1:${service.environment.HTTP_PORT}`;
      const answer = await register(`${origin}/tenant`);
      const uri = answer.body.registration_client_uri as string;
      expect([answer.status, uri.startsWith(`${issuer}/oauth2/register/`)]).toEqual([201, true]);
      const headers = { authorization: `Bearer ${String(answer.body.registration_access_token)}` };
      const read = await send(uri.replace('https://as.example', origin), { method: 'GET', headers });
      expect(read.status).toBe(200);
    } finally {
      await service.stop();
    }
  });
});
