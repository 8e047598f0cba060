import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '../support/free-port.js';
import { send } from '../support/http.js';
import { Scraped } from '../support/metrics.js';
import { firstRefreshToken, refresh } from '../support/oauth.js';
import { type ServiceProcess, startService } from '../support/service-process.js';
import { createDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';
import { childrenOf } from '../support/children-of.js';

const SESSIONS = 12;
const POOL_SIZE = 5;

describe('/metrics of WORKERS', () => {
  let database: TestDatabase;
  let service: ServiceProcess;
  let management: string;
  beforeAll(async () => {
    database = await createDatabase();
    const port = await freePort();
    management = `http://127.0.0.1:${port}`;
    service = await startService(database.url, {
      WORKERS: '2',
      MANAGEMENT_PORT: String(port),
      DATABASE_POOL_SIZE: String(POOL_SIZE),
    });
    await until(async () => (await poolSizes()) === 2 * POOL_SIZE);
  }, 120_000);
  afterAll(async () => {
    expect(await service.stop()).toBe(0);
    await database.drop();
  });

  const scrape = () => Scraped.from(management);
  /** As many workers as have answered have added theirs. */
  const poolSizes = async () => (await scrape()).value('regrant_postgres_connections_max');
  const rotated = async () => (await scrape()).value('regrant_refreshes_total', { outcome: 'rotated' });
  const traffic = async () => {
    const tokens = await Promise.all(Array.from({ length: SESSIONS }, () => firstRefreshToken(service.url)));
    await Promise.all(tokens.map((token) => refresh(service.url, token)));
  };

  it('are those of all workers added up, but for what each of them tells of the same thing', async () => {
    await traffic();
    const scraped = await scrape();
    expect(scraped.value('regrant_refreshes_total', { outcome: 'rotated' })).toBe(SESSIONS);
    const token = { route: '/oauth2/token', status: '2xx' };
    expect(scraped.value('regrant_http_request_duration_seconds_count', token)).toBe(2 * SESSIONS);
    expect(scraped.value('regrant_build_info')).toBe(1);
    expect(scraped.value('regrant_scrape_error', { source: 'workers' })).toBe(0);
    const age = scraped.value('regrant_token_key_age_seconds', { algorithm: 'ES256' })!;
    const rotation = scraped.value('regrant_token_key_rotation_seconds', { algorithm: 'ES256' })!;
    expect(age + rotation).toBeCloseTo(7_776_000, 0);
  }, 120_000);

  it('go on from where they were when a worker has died', async () => {
    const before = await rotated();
    const [first] = childrenOf(service.child.pid!);
    process.kill(first!, 'SIGKILL');
    await until(async () => (await poolSizes()) === POOL_SIZE);
    expect(await rotated()).toBe(before);
    await until(async () => (await poolSizes()) === 2 * POOL_SIZE);
    await traffic();
    expect(await rotated()).toBe(before! + SESSIONS);
  }, 120_000);

  it('stand beside the health of the service', async () => {
    expect((await send(`${management}/health/live`, { method: 'GET' })).status).toBe(200);
    const ready = await send(`${management}/health/ready`, { method: 'GET' });
    expect([ready.status, ready.body.status]).toEqual([200, 'ok']);
    expect((await send(`${service.url}/metrics`, { method: 'GET' })).status).toBe(404);
  });
});
