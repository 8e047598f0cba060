import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '../support/free-port.js';
import { basic, postForm, send } from '../support/http.js';
import { Scraped } from '../support/metrics.js';
import { DEMO, firstRefreshToken, refresh, signIn } from '../support/oauth.js';
import { refuseConnections } from '../support/outage.js';
import { startRedis } from '../support/redis-server.js';
import { revokeFamily } from '../support/shared-signals.js';
import { startApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const ASKED = ['regrant_relay_lag_seconds', 'regrant_outbox_events', 'regrant_families_live'];

describe('/metrics while Postgres does not answer', () => {
  let service: TestApp;
  let management: string;
  beforeAll(async () => {
    const port = await freePort();
    service = await startApp({ MANAGEMENT_PORT: String(port), DATABASE_TIMEOUT_MS: '600' });
    management = `http://127.0.0.1:${port}`;
  });
  afterAll(() => service.stop());

  const scrape = () => Scraped.from(management);
  const values = async () => {
    const scraped = await scrape();
    return ASKED.map((name) => scraped.value(name));
  };

  it('leaves out what it can not know, says so, and goes on telling the rest', async () => {
    const token = await firstRefreshToken(service.url);
    expect(await values()).toEqual(ASKED.map(() => expect.any(Number)));
    const before = await scrape();
    const allow = await refuseConnections(service.database);
    try {
      // While the client is still in memory: it is the refresh that fails.
      expect((await refresh(service.url, token)).status).toBe(503);
      await until(async () => (await values()).every((value) => value === undefined));
      const after = await scrape();
      expect(after.value('regrant_scrape_error', { source: 'outbox' })).toBe(1);
      expect(after.value('regrant_scrape_error', { source: 'families' })).toBe(1);
      expect(after.growth(before, 'regrant_refreshes_total', { outcome: 'fault' })).toBe(1);
      const answered = { grant: 'refresh_token', outcome: 'temporarily_unavailable' };
      expect(after.growth(before, 'regrant_token_requests_total', answered)).toBe(1);
      const ready = await send(`${management}/health/ready`, { method: 'GET' });
      expect(ready.status).toBe(503);
      expect((await send(`${management}/health/live`, { method: 'GET' })).status).toBe(200);
    } finally {
      await allow();
    }
    await until(async () => (await values()).every((value) => value !== undefined));
    expect((await scrape()).value('regrant_scrape_error')).toBe(0);
    expect((await refresh(service.url, token, DEMO)).status).toBe(200);
  }, 120_000);
});

describe('/metrics while Redis does not answer', () => {
  it('tells that it is down, that the denylist is cold, and how far the stream is behind', async () => {
    const redis = await startRedis();
    const port = await freePort();
    const service = await startApp({ MANAGEMENT_PORT: String(port), REDIS_URL: redis.url });
    const scrape = () => Scraped.from(`http://127.0.0.1:${port}`);
    const { body } = await signIn(service.url);
    await until(async () => (await scrape()).value('regrant_denylist_believed') === 1);
    const before = await scrape();
    expect(before.value('regrant_redis_up')).toBe(1);
    await redis.stop();
    await revokeFamily(service.url);
    const authorization = basic(DEMO.id, DEMO.secret!);
    await postForm(`${service.url}/oauth2/introspect`, { token: body.access_token }, { authorization });
    await until(async () => {
      const after = await scrape();
      return after.value('regrant_denylist_believed') === 0 && after.value('regrant_relay_lag_seconds')! > 0;
    });
    const after = await scrape();
    expect(after.value('regrant_redis_up')).toBe(0);
    expect(after.growth(before, 'regrant_denylist_lookups_total', { outcome: 'cold' })).toBe(1);
    const decided = { decided_by: 'database', result: 'active' };
    expect(after.growth(before, 'regrant_access_token_checks_total', decided)).toBe(1);
    await service.stop();
  }, 120_000);
});

describe('without MANAGEMENT_PORT', () => {
  it('serves no metrics anywhere', async () => {
    const service = await startApp();
    expect((await send(`${service.url}/metrics`, { method: 'GET' })).status).toBe(404);
    await service.stop();
  });
});
