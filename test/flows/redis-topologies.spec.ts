import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { type TokenResponse } from '../../src/grants/grant-strategy.js';
import { RedisConnection } from '../../src/redis/redis.connection.js';
import { Denylist } from '../../src/revocation/denylist/denylist.js';
import { keysOf } from '../../src/revocation/denylist/denylist-entry.js';
import { DenylistStore } from '../../src/revocation/denylist/denylist-store.js';
import { basic, postForm } from '../support/http.js';
import { DEMO, refresh, signIn } from '../support/oauth.js';
import { REDIS_MODES, type RedisServers } from '../support/redis-modes.js';
import { command } from '../support/redis-topologies.js';
import { startApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

describe.each(['sentinel', 'cluster'] as const)('the service with REDIS_MODE=%s', (mode) => {
  let servers: RedisServers;
  let api: TestApp;
  beforeAll(async () => {
    servers = await REDIS_MODES[mode]();
    api = await startApp({ REDIS_MODE: mode, REDIS_URL: servers.urls, REDIS_TIMEOUT_MS: '500' });
  }, 120_000);
  afterAll(async () => {
    await api.stop();
    await servers.stop();
  });
  afterEach(() => believed(), 30_000);

  const start = async () => (await signIn(api.url)).body as unknown as Required<TokenResponse>;
  const authorization = basic(DEMO.id, DEMO.secret!);
  const ask = async (endpoint: 'revoke' | 'introspect', token: string) =>
    postForm(`${api.url}/oauth2/${endpoint}`, { token }, { authorization });
  const isActive = async (token: string) => (await ask('introspect', token)).body.active;
  const believed = () =>
    until(() => api.app.get(Denylist).clears(keysOf({ jti: randomUUID(), clientId: DEMO.id }), Date.now()));

  it('issues, refreshes, revokes and introspects', async () => {
    await believed();
    const first = await start();
    const { body } = await refresh(api.url, first.refresh_token);
    expect(await isActive(body.access_token as string)).toBe(true);
    expect((await ask('revoke', body.refresh_token as string)).status).toBe(200);
    expect(await isActive(body.access_token as string)).toBe(false);
  });

  it('tells of revocations in the stream', async () => {
    const { refresh_token } = await start();
    await ask('revoke', refresh_token);
    const client = api.app.get(RedisConnection).client!;
    await until(async () => (await client.xlen(`${api.environment.REDIS_KEY_PREFIX}revocations`)) >= 2);
  }, 60_000);

  it('answers rightly through a failover or a restart of what holds the denylist', async () => {
    await believed();
    const kept = await start();
    const before = await start();
    await ask('revoke', before.refresh_token);
    const identity = api.app.get(DenylistStore).identity;
    await disturb();
    for (let round = 0; round < 20; round += 1) {
      const tokens = await start();
      expect((await ask('revoke', tokens.refresh_token)).status).toBe(200);
      expect(await isActive(tokens.access_token)).toBe(false);
      expect(await isActive(before.access_token)).toBe(false);
      expect(await isActive(kept.access_token)).toBe(true);
    }
    if (mode === 'sentinel') {
      await until(() => ![identity, undefined].includes(api.app.get(DenylistStore).identity));
    }
    await believed();
    expect(await isActive(before.access_token)).toBe(false);
  }, 120_000);

  async function disturb(): Promise<void> {
    if (servers.sentinel !== undefined) await command(servers.sentinel, 'sentinel', 'failover', 'mymaster');
    else await Promise.all(servers.ports!.map((port) => command(port, 'flushall')));
  }
});
