import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RouteConfig } from '../../src/gateway/routes/gateway-route.js';
import { addRoute, gatewayUrl } from '../support/gateway.js';
import { basic, postForm, send } from '../support/http.js';
import { DEMO, firstRefreshToken } from '../support/oauth.js';
import { startApp, type TestApp } from '../support/test-app.js';
import { startUpstream, type Upstream } from '../support/upstream.js';
import { until } from '../support/until.js';

type Sent = Readonly<Record<'Authorization' | 'Refresh-Token', string>>;

describe('what a refresh token stands for at the gateway', () => {
  let upstream: Upstream;
  let service: TestApp;
  let gateway: string;
  beforeAll(async () => {
    upstream = await startUpstream();
    service = await startApp({ GATEWAY_PORT: '0', ROTATION_GRACE_SECONDS: '0' });
    gateway = gatewayUrl(service);
    const add = (path: string, config: Partial<RouteConfig>) =>
      addRoute(service, {
        upstream_url: upstream.url,
        paths: [path],
        config: { upstream_refresh_token_header: 'refresh_token', ...config },
      });
    await add('/quiet', {});
    await add('/told', { downstream_refresh_token_header: 'refresh_token' });
    await add('/uncached', { cache_tokens: false });
    await add('/down', { issuer: 'http://127.0.0.1:1' });
  });
  afterAll(async () => {
    await service.stop();
    await upstream.stop();
  });

  async function present(path: string, token: string, at = gateway) {
    const answer = await send(`${at}${path}`, { method: 'GET', headers: { 'refresh-token': token } });
    const sent = answer.body.headers as Sent | undefined;
    return { ...answer, access: sent?.Authorization.slice(7) ?? '', newest: sent?.['Refresh-Token'] ?? '' };
  }
  const revoke = (token: string) =>
    postForm(`${service.url}/oauth2/revoke`, { token }, { authorization: basic(DEMO.id, DEMO.secret!) });

  async function family(token: string) {
    const id = Buffer.from(token.slice(4), 'base64url').toString('hex', 1, 17);
    const { rows } = await service.database.pool.query<{ generation: number; revoked: boolean }>(
      'SELECT generation, revoked_at IS NOT NULL AS revoked FROM token_family WHERE id = $1::uuid',
      [id],
    );
    return rows[0]!;
  }

  it('is its successor, as long as the client is told of none', async () => {
    const token = await firstRefreshToken(service.url);
    const first = await present('/quiet', token);
    await revoke(first.access);
    const second = await present('/quiet', token);
    expect(second.status).toBe(200);
    expect(second.access).not.toBe(first.access);
    expect(await family(token)).toEqual({ generation: 2, revoked: false });
    expect((await present('/quiet', first.newest)).access).toBe(second.access);
    expect(await family(token)).toEqual({ generation: 2, revoked: false });
  });

  it('is that too after a restart and with Redis wiped', async () => {
    const token = await firstRefreshToken(service.url);
    const first = await present('/quiet', token);
    const { REGRANT_KEYS, ISSUER } = service.environment;
    // Another prefix is another Redis.
    const again = await startApp(
      { GATEWAY_PORT: '0', ROTATION_GRACE_SECONDS: '0', REGRANT_KEYS, ISSUER },
      service.database,
    );
    try {
      const after = await present('/quiet', token, gatewayUrl(again));
      expect(after.access).toBe(first.access);
      await revoke(first.access);
      expect((await present('/quiet', token, gatewayUrl(again))).status).toBe(200);
      expect(await family(token)).toEqual({ generation: 2, revoked: false });
    } finally {
      await again.stop();
    }
  });

  it('is told to a client where the route says so; the old one is a replay once its access token is over', async () => {
    const token = await firstRefreshToken(service.url);
    const first = await present('/told', token);
    expect(first.headers['refresh-token']).toBe(first.newest);
    expect((await present('/told', token)).headers['refresh-token']).toBe(first.newest);
    await service.database.pool.query(
      `UPDATE gateway_successor SET expires_at = now() - interval '1 second'`,
    );
    await revoke(first.access);
    const replayed = await present('/told', token);
    expect(replayed.status).toBe(401);
    expect(replayed.body).toMatchObject({ error: 'invalid_grant' });
    expect((await family(token)).revoked).toBe(true);
  });

  it('is nothing as soon as it is revoked, whatever is cached (L2)', async () => {
    for (const path of ['/quiet', '/told']) {
      const token = await firstRefreshToken(service.url);
      const { newest, status } = await present(path, token);
      expect(status).toBe(200);
      expect((await revoke(newest)).status).toBe(200);
      expect((await present(path, token)).status).toBe(401);
      expect((await present(path, newest)).status).toBe(401);
    }
  });

  it('is asked for each time where nothing is cached, and never twice with the same token', async () => {
    const token = await firstRefreshToken(service.url);
    const first = await present('/uncached', token);
    await until(async () => (await present('/uncached', token)).access !== first.access);
    expect((await family(token)).revoked).toBe(false);
  });

  it('is not judged while the issuer does not answer (L3)', async () => {
    const token = await firstRefreshToken(service.url);
    const answer = await present('/down', token);
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.body).toMatchObject({ type: 'urn:regrant:problem:gateway-issuer-down' });
    expect((await present('/quiet', token)).status).toBe(200);
  });

  it('leaves nothing behind when it is refused', async () => {
    const token = await firstRefreshToken(service.url);
    await revoke(token);
    const count = async () =>
      (await service.database.pool.query('SELECT id FROM gateway_successor')).rowCount;
    const before = await count();
    expect((await present('/quiet', token)).status).toBe(401);
    expect((await present('/quiet', 'rgr_not-a-token')).status).toBe(401);
    expect(await count()).toBe(before);
  });
});
