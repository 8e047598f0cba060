import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addRoute, gatewayUrl } from '../support/gateway.js';
import { type Answer, basic, send } from '../support/http.js';
import { firstRefreshToken } from '../support/oauth.js';
import { startApp, type TestApp } from '../support/test-app.js';

type Headers = Record<string, string | string[]>;

const JOHN = basic('john', 'doe');

describe('GET /gateway/auth', () => {
  let service: TestApp;
  let gateway: string;
  beforeAll(async () => {
    service = await startApp({ GATEWAY_PORT: '0', GATEWAY_FORWARD_AUTH_FROM: '127.0.0.0/8' });
    gateway = gatewayUrl(service);
    await addRoute(service, {
      name: 'orders',
      paths: ['/orders'],
      upstream_url: 'http://127.0.0.1:1',
      config: {
        auth_methods: ['refresh_token', 'password', 'bearer'],
        upstream_refresh_token_header: 'refresh_token',
        downstream_access_token_header: 'x_new_token',
      },
    });
    await addRoute(service, {
      name: 'writes',
      paths: ['/orders'],
      methods: ['POST'],
      hosts: ['writes.test'],
      upstream_url: 'http://127.0.0.1:1',
      config: { auth_methods: ['bearer'] },
    });
  });
  afterAll(() => service.stop());

  const ask = (headers: Headers, path = '/gateway/auth', method = 'GET'): Promise<Answer> =>
    send(`${gateway}${path}`, { method, headers });
  const byNginx = (uri: string, method = 'GET', host = 'any.test') => ({
    'x-original-host': host,
    'x-original-method': method,
    'x-original-uri': uri,
  });
  const byTraefik = (uri: string, method = 'GET', host = 'any.test') => ({
    'x-forwarded-host': host,
    'x-forwarded-method': method,
    'x-forwarded-uri': uri,
  });

  it.each<[string, (headers: Headers) => Promise<Answer>]>([
    ['nginx', (headers) => ask({ ...byNginx('/orders/1?a=b'), ...headers })],
    ['Traefik or Caddy', (headers) => ask({ ...byTraefik('/orders/1?a=b'), ...headers })],
    ['Envoy', (headers) => ask({ host: 'any.test', ...headers }, '/gateway/auth/orders/1?a=b')],
  ])('tells %s the headers to go on with', async (_proxy, about) => {
    const answer = await about({ authorization: JOHN });
    expect(answer.status).toBe(200);
    expect(answer.headers.authorization).toMatch(/^Bearer ey/);
    expect(answer.headers['refresh-token']).toMatch(/^rgr_/);
    expect(answer.headers['x-new-token']).toBe(String(answer.headers.authorization).slice(7));
    expect(answer.headers['cache-control']).toBe('no-store');
    const authorization = answer.headers.authorization as string;
    expect((await about({ authorization })).headers.authorization).toBe(authorization);
  });

  it('goes by the host and the method of the original request', async () => {
    const authorization = JOHN;
    const post = (host: string) => ask({ ...byNginx('/orders', 'POST', host), authorization });
    expect((await post('any.test')).status).toBe(200);
    expect((await post('writes.test')).status).toBe(401);
    const envoy = { host: 'writes.test', authorization };
    expect((await ask(envoy, '/gateway/auth/orders', 'POST')).status).toBe(401);
    expect((await ask(envoy, '/gateway/auth/orders', 'GET')).status).toBe(200);
  });

  it('has a refresh token exchanged, and credentials and forged identities blanked', async () => {
    const token = await firstRefreshToken(service.url);
    const answer = await ask({ ...byNginx('/orders'), 'refresh-token': token, 'x-userinfo': 'root' });
    expect(answer.headers['refresh-token']).toMatch(/^rgr_/);
    expect(answer.headers['refresh-token']).not.toBe(token);
    expect(answer.headers['x-userinfo']).toBe('');
  });

  it('answers 401 with a challenge, and nothing of the credential', async () => {
    const without = await ask(byNginx('/orders'));
    expect([without.status, without.body.type]).toEqual([401, 'urn:regrant:problem:gateway-no-credential']);
    expect(without.headers['www-authenticate']).toMatch(/^Bearer realm="orders"/);
    const wrong = await ask({ ...byNginx('/orders'), 'refresh-token': 'rgr_wrong-token' });
    expect([wrong.status, wrong.body.error]).toEqual([401, 'invalid_grant']);
    expect(wrong.text + JSON.stringify(wrong.headers)).not.toContain('rgr_wrong-token');
  });

  it.each<[string, Headers, string]>([
    ['no route takes', byNginx('/elsewhere'), '/gateway/auth'],
    ['leads out of its route', byNginx('/orders/../elsewhere'), '/gateway/auth'],
    ['is told by nobody', {}, '/gateway/auth'],
    ['lacks its method', { 'x-original-uri': '/orders', 'x-original-host': 'a' }, '/gateway/auth'],
    ['is told twice', { ...byNginx('/orders'), 'x-original-uri': ['/orders', '/other'] }, '/gateway/auth'],
    ['the client tells in other words', { ...byNginx('/other'), ...byTraefik('/orders') }, '/gateway/auth'],
    ['the client tells in words for Envoy', { 'x-original-uri': '/orders' }, '/gateway/auth/elsewhere'],
    ['the client tells in part', { ...byTraefik('/orders'), 'x-original-uri': '/other' }, '/gateway/auth'],
  ])('answers 403 about a request that %s', async (_what, headers, path) => {
    const answer = await ask({ ...headers, authorization: JOHN }, path);
    expect([answer.status, answer.body.type]).toEqual([403, 'urn:regrant:problem:gateway-forbidden']);
    expect(answer.headers).not.toHaveProperty('authorization');
  });

  it('is asked by configured proxies only: to others it is a path like any other', async () => {
    const other = await startApp({ GATEWAY_PORT: '0', GATEWAY_FORWARD_AUTH_FROM: '192.0.2.1' });
    try {
      const headers = { ...byNginx('/'), authorization: JOHN };
      const answer = await send(`${gatewayUrl(other)}/gateway/auth`, { method: 'GET', headers });
      expect([answer.status, answer.body.type]).toEqual([404, 'urn:regrant:problem:gateway-no-route']);
    } finally {
      await other.stop();
    }
  });
});
