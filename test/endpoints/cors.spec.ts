import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClientService } from '../../src/clients/client.service.js';
import { FORM, formBody, send } from '../support/http.js';
import { registerClient, startApp, type TestApp } from '../support/test-app.js';

const ORIGIN = 'https://spa.example.com';

describe('CORS, for registered origins of public clients (B7)', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp();
    await registerClient(service, { id: 'spa', type: 'public', redirectUris: [`${ORIGIN}/callback`] });
    await registerClient(service, {
      id: 'back-end',
      redirectUris: ['https://back-end.example.com/callback'],
    });
    await registerClient(service, {
      id: 'off',
      type: 'public',
      redirectUris: ['https://off.example.com/callback'],
    });
    await service.app.get(ClientService).change('off', { enabled: false });
  });
  afterAll(() => service.stop());

  const call = (method: 'OPTIONS' | 'POST', origin: string, path = '/oauth2/token') =>
    send(service.url + path, {
      method,
      headers: { origin, 'content-type': FORM, 'access-control-request-method': 'POST' },
      body: method === 'POST' ? formBody({ grant_type: 'password', client_id: 'spa' }) : undefined,
    });

  it.each(['/oauth2/token', '/oauth2/revoke', '/oauth2/introspect'])(
    'lets a page of a public client call %s',
    async (path) => {
      const preflight = await call('OPTIONS', ORIGIN, path);
      expect(preflight.status).toBe(204);
      expect(preflight.headers).toMatchObject({
        'access-control-allow-origin': ORIGIN,
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': expect.stringContaining('dpop'),
      });
      expect(preflight.headers).not.toHaveProperty('access-control-allow-credentials');
    },
  );

  it('lets it read the answer, errors too', async () => {
    const answer = await call('POST', ORIGIN);
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request']);
    expect(answer.headers['access-control-allow-origin']).toBe(ORIGIN);
    expect(answer.headers['access-control-expose-headers']).toContain('dpop-nonce');
  });

  it.each([
    'https://evil.example.com',
    'https://spa.example.com.evil.com',
    'https://spa.example.co',
    'http://spa.example.com',
    'https://spa.example.com:8443',
    'https://back-end.example.com',
    'https://off.example.com',
    'https://%',
    'null',
  ])('names %s in no answer', async (origin) => {
    for (const method of ['OPTIONS', 'POST'] as const) {
      expect((await call(method, origin)).headers).not.toHaveProperty('access-control-allow-origin');
    }
  });

  it('tells caches that an answer depends on the origin, also where there is none', async () => {
    const body = formBody({ grant_type: 'password', client_id: 'spa' });
    const answer = await send(`${service.url}/oauth2/token`, {
      method: 'POST',
      headers: { 'content-type': FORM },
      body,
    });
    expect(answer.headers.vary).toBe('Origin');
    expect((await call('POST', ORIGIN)).headers.vary).toBe('Origin');
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('leaves the public documents open to everybody', async () => {
    const answer = await send(`${service.url}/oauth2/jwks`, {
      method: 'GET',
      headers: { origin: 'https://any.example.com' },
    });
    expect(answer.headers['access-control-allow-origin']).toBe('*');
  });
});
