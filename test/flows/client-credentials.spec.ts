import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { type Answer } from '../support/http.js';
import { type Caller, DEMO, refresh, tokenRequest } from '../support/oauth.js';
import { CLIENT_SECRET, registerClient, startApp, type TestApp } from '../support/test-app.js';

const WORKER: Caller = { id: 'worker', secret: CLIENT_SECRET };
const API = 'https://api.example';

describe('client credentials grant', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp();
    await registerClient(service, { id: WORKER.id, audiences: [API] });
  });
  afterAll(() => service.stop());

  const request = (parameters: Record<string, string> = {}, client = WORKER): Promise<Answer> =>
    tokenRequest(service.url, client, { grant_type: 'client_credentials', ...parameters });

  it('gives the client an access token of its own, and no refresh token (A16)', async () => {
    const answer = await request();
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'read write',
    });
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' });
  });

  it('names the client as sub and client_id, with no session and no user (D1)', async () => {
    const claims = decodeJwt((await request({ scope: 'read' })).body.access_token!);
    expect(claims).toMatchObject({ sub: WORKER.id, client_id: WORKER.id, scope: 'read', aud: API });
    for (const claim of ['sid', 'auth_time', 'amr', 'acr']) expect(claims).not.toHaveProperty(claim);
  });

  it('never gives a refresh token, not even for offline_access, and keeps no family (A16)', async () => {
    const answer = await request({ scope: 'openid offline_access' }, DEMO);
    expect([answer.status, answer.body.scope]).toEqual([200, 'openid offline_access']);
    expect(answer.text).not.toContain('refresh_token');
    const { rows } = await service.database.pool.query('SELECT 1 FROM token_family');
    expect(rows).toEqual([]);
  });

  it('gives nothing that the refresh grant would take', async () => {
    const { access_token } = (await request()).body;
    expect((await refresh(service.url, access_token!, WORKER)).body.error).toBe('invalid_grant');
  });

  it.each<[string, Record<string, string>, string]>([
    ['a scope beyond its registration', { scope: 'read root' }, 'invalid_scope'],
    ['a resource beyond its registration', { resource: 'https://other.example' }, 'invalid_target'],
    ['a resource that is no absolute URI', { resource: '/api' }, 'invalid_target'],
  ])('refuses %s', async (_case, parameters, error) => {
    const answer = await request(parameters);
    expect([answer.status, answer.body.error]).toEqual([400, error]);
  });

  it('refuses a public client as unauthorized_client', async () => {
    const answer = await request({}, { id: 'demo-spa' });
    expect([answer.status, answer.body.error]).toEqual([400, 'unauthorized_client']);
  });

  it('cannot be registered for a public client (A16)', async () => {
    const registration = { id: 'public-worker', type: 'public', grantTypes: ['client_credentials'] } as const;
    await expect(registerClient(service, registration)).rejects.toThrow('client_credentials');
  });
});
