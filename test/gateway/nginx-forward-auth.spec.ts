import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freePort } from '../support/free-port.js';
import { addRoute, gatewayUrl } from '../support/gateway.js';
import { basic, send } from '../support/http.js';
import { type Nginx, startNginx } from '../support/nginx.js';
import { firstRefreshToken } from '../support/oauth.js';
import { startApp, type TestApp } from '../support/test-app.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

const SITE = readFileSync(fileURLToPath(new URL('../../deploy/gateway/nginx.conf', import.meta.url)), 'utf8');

/** A real nginx with deploy/gateway/nginx.conf as it stands, but for the ports. */
describe('nginx that asks the gateway', () => {
  let service: TestApp;
  let upstream: Upstream;
  let nginx: Nginx;
  let url: string;
  beforeAll(async () => {
    upstream = await startUpstream();
    service = await startApp({
      GATEWAY_PORT: '0',
      GATEWAY_FORWARD_AUTH_FROM: '127.0.0.1',
      TRUST_PROXY: '127.0.0.1',
    });
    const config = { upstream_refresh_token_header: 'refresh_token' };
    await addRoute(service, { name: 'orders', paths: ['/orders'], upstream_url: upstream.url, config });
    const unreachable = { ...config, issuer: 'http://127.0.0.1:9' };
    await addRoute(service, {
      name: 'down',
      paths: ['/down'],
      upstream_url: upstream.url,
      config: unreachable,
    });
    const port = await freePort();
    const ports: [string, string][] = [
      ['127.0.0.1:8080', new URL(gatewayUrl(service)).host],
      ['127.0.0.1:9000', new URL(upstream.url).host],
      ['listen 8000', `listen 127.0.0.1:${port}`],
    ];
    const site = ports.reduce((text, [shown, own]) => {
      expect(text).toContain(shown);
      return text.replace(shown, own);
    }, SITE);
    nginx = await startNginx(site, port);
    url = `http://127.0.0.1:${port}`;
  });
  afterAll(async () => {
    await nginx.stop();
    await service.stop();
    await upstream.stop();
  });

  const get = (path: string, headers: Record<string, string> = {}) =>
    send(`${url}${path}`, { method: 'GET', headers });

  it('passes a request on with the access token and the newest refresh token', async () => {
    const token = await firstRefreshToken(service.url);
    const { status, body } = await get('/orders/7?x=1', { 'refresh-token': token });
    const { headers, url: path } = body as unknown as { headers: Record<string, string>; url: string };
    expect([status, path]).toEqual([200, '/orders/7?x=1']);
    expect(headers.Authorization).toMatch(/^Bearer ey/);
    expect(headers['Refresh-Token']).toMatch(/^rgr_/);
    expect(headers['Refresh-Token']).not.toBe(token);
  });

  it('passes no refresh token of the client on where the gateway sets none', async () => {
    const signedIn = await get('/orders', { authorization: basic('john', 'doe') });
    const { headers } = signedIn.body as unknown as { headers: Record<string, string> };
    const authorization = headers.Authorization!;
    const again = await get('/orders', { authorization, 'refresh-token': 'forged' });
    const seen = (again.body as unknown as { headers: Record<string, string> }).headers;
    expect(seen.Authorization).toBe(authorization);
    expect(seen).not.toHaveProperty('Refresh-Token');
  });

  it('passes a body on that the gateway has not seen', async () => {
    const body = 'x'.repeat(300_000);
    const headers = { authorization: basic('john', 'doe'), 'content-type': 'text/plain' };
    const answer = await send(`${url}/orders`, { method: 'POST', headers, body });
    expect((answer.body as unknown as { method: string; data: string }).data).toBe(body);
  });

  it('refuses without a credential, with the challenge, and does not bother the upstream', async () => {
    const before = upstream.requests.length;
    const answer = await get('/orders');
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm="orders"/);
    expect((await get('/elsewhere', { authorization: basic('john', 'doe') })).status).toBe(403);
    expect(upstream.requests).toHaveLength(before);
  });

  it('does not let the client say which request it is about', async () => {
    const headers = {
      'x-original-uri': '/orders',
      'x-forwarded-uri': '/orders',
      'x-forwarded-method': 'GET',
    };
    const answer = await get('/elsewhere', { authorization: basic('john', 'doe'), ...headers });
    expect(answer.status).toBe(403);
  });

  it('answers 503 with Retry-After while the issuer does not answer (L3)', async () => {
    const answer = await get('/down', { 'refresh-token': 'some-token' });
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '1']);
  });
});
