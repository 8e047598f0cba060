import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '../support/free-port.js';
import { send } from '../support/http.js';
import { Scraped } from '../support/metrics.js';
import { DEMO, firstRefreshToken, refresh } from '../support/oauth.js';
import { refuseConnections } from '../support/outage.js';
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
  }, 60_000);
});

describe('without MANAGEMENT_PORT', () => {
  it('serves no metrics anywhere', async () => {
    const service = await startApp();
    expect((await send(`${service.url}/metrics`, { method: 'GET' })).status).toBe(404);
    await service.stop();
  });
});
