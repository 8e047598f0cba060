import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { type Answer, send } from '../support/http.js';
import { DEMO, refresh, signIn, tokenRequest } from '../support/oauth.js';
import { startService } from '../support/service-process.js';
import { startApp, type TestApp } from '../support/test-app.js';
import { createDatabase } from '../support/test-database.js';
import { freePort } from '../support/free-port.js';

const get = (url: string): Promise<Answer> => send(url, { method: 'GET' });
const DOCUMENTS = ['oauth-authorization-server', 'openid-configuration'];

describe('metadata', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp({ SIGNING_ALGORITHMS: 'ES256,PS256' });
  });
  afterAll(() => service.stop());

  it.each(DOCUMENTS)('%s tells endpoints, grants, methods and algorithms (E1)', async (document) => {
    const answer = await get(`${service.url}/.well-known/${document}`);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect(answer.body).toMatchObject({
      issuer: service.url,
      token_endpoint: `${service.url}/oauth2/token`,
      jwks_uri: `${service.url}/oauth2/jwks`,
      grant_types_supported: expect.arrayContaining(['refresh_token', 'password', 'client_credentials']),
      response_types_supported: expect.any(Array),
      token_endpoint_auth_methods_supported: expect.arrayContaining([
        'client_secret_basic',
        'client_secret_post',
        'none',
      ]),
      dpop_signing_alg_values_supported: expect.arrayContaining(['ES256', 'PS256', 'EdDSA']),
    });
  });

  it('of OpenID Connect tells the algorithms that there are keys for (E1)', async () => {
    const { body } = await get(`${service.url}/.well-known/openid-configuration`);
    expect(body).toMatchObject({
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256', 'PS256'],
    });
    expect(body.dpop_signing_alg_values_supported).not.toContain('none');
  });

  it('promises only endpoints that there are (E1)', async () => {
    const { body } = await get(`${service.url}/.well-known/oauth-authorization-server`);
    const endpoints = Object.entries(body).filter(([name]) => /_endpoint$|_uri$/.test(name));
    expect(endpoints.length).toBeGreaterThanOrEqual(2);
    for (const [, url] of endpoints) expect((await get(url as string)).status).not.toBe(404);
  });

  it('of an issuer that is not ours is not there (RFC 8414 §3)', async () => {
    expect((await get(`${service.url}/.well-known/oauth-authorization-server/other`)).status).toBe(404);
  });
});

describe('a grant that is switched off', () => {
  it.each(['password', 'client_credentials', 'refresh_token'])(
    'vanishes from metadata and is unsupported_grant_type: %s (E1)',
    async (grantType) => {
      const service = await startApp({ DISABLED_GRANT_TYPES: grantType });
      try {
        for (const document of DOCUMENTS) {
          const { body } = await get(`${service.url}/.well-known/${document}`);
          expect(body.grant_types_supported).toHaveLength(4);
          expect(body.grant_types_supported).not.toContain(grantType);
        }
        const answer = await tokenRequest(service.url, DEMO, { grant_type: grantType });
        expect([answer.status, answer.body.error]).toEqual([400, 'unsupported_grant_type']);
      } finally {
        await service.stop();
      }
    },
  );

  it('leaves no refresh token behind where it is the refresh grant', async () => {
    const service = await startApp({ DISABLED_GRANT_TYPES: 'refresh_token' });
    try {
      expect((await signIn(service.url)).body).not.toHaveProperty('refresh_token');
    } finally {
      await service.stop();
    }
  });

  it('stops the start when it is unknown, naming the variable and not the value', async () => {
    const database = await createDatabase();
    try {
      const starting = startService(database.url, { DISABLED_GRANT_TYPES: 'password,telepathy' });
      const message = await starting.then(
        () => 'it started',
        (error: unknown) => (error as Error).message,
      );
      expect(message).toContain('DISABLED_GRANT_TYPES');
      expect(message).not.toContain('telepathy');
    } finally {
      await database.drop();
    }
  });
});

describe('an issuer with a path', () => {
  let service: TestApp;
  let origin: string;
  beforeAll(async () => {
    // The port that the service will take is not known yet; what it calls itself need not be where it is.
    const issuer = `http://127.0.0.1:${await freePort()}/tenant/one`;
    service = await startApp({ ISSUER: issuer, DISABLED_GRANT_TYPES: undefined });
    origin = `http://127.0.0.1:${service.environment.HTTP_PORT}`;
  });
  afterAll(() => service.stop());

  it('has its RFC 8414 document between host and path, and only there (E1)', async () => {
    const answer = await get(`${origin}/.well-known/oauth-authorization-server/tenant/one`);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      issuer: service.url,
      token_endpoint: `${service.url}/oauth2/token`,
      jwks_uri: `${service.url}/oauth2/jwks`,
    });
    expect((await get(`${origin}/.well-known/oauth-authorization-server`)).status).toBe(404);
  });

  it('has its OpenID Connect document after the path (E1)', async () => {
    const answer = await get(`${origin}/tenant/one/.well-known/openid-configuration`);
    expect([answer.status, answer.body.issuer]).toEqual([200, service.url]);
    expect((await get(`${origin}/.well-known/openid-configuration`)).status).toBe(404);
  });

  it('has every endpoint under the path, and none beside it', async () => {
    const under = `${origin}/tenant/one`;
    const first = await signIn(under);
    expect(decodeJwt(first.body.access_token!).iss).toBe(service.url);
    expect((await refresh(under, first.body.refresh_token!)).status).toBe(200);
    expect((await get(`${under}/oauth2/jwks`)).status).toBe(200);
    expect((await get(`${under}/oauth2/token`)).status).toBe(405);
    for (const path of ['/oauth2/token', '/oauth2/jwks']) {
      expect((await send(origin + path)).status).toBe(404);
    }
  });

  it('has its health where it always is', async () => {
    expect((await get(`${origin}/health/ready`)).status).toBe(200);
  });
});
