import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClientLifecycleService } from '../../src/revocation/client-lifecycle.service.js';
import { accessToken, readEvents } from '../support/event-reader.js';
import { age } from '../support/families.js';
import { freePort } from '../support/free-port.js';
import { basic, formBody, postForm, send } from '../support/http.js';
import { Scraped } from '../support/metrics.js';
import { DEMO, firstRefreshToken, refresh, signIn, tokenRequest } from '../support/oauth.js';
import { CLIENT_SECRET, registerClient, startApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const OTHER = { id: 'other', secret: CLIENT_SECRET };

describe('/metrics', () => {
  let service: TestApp;
  let management: string;
  beforeAll(async () => {
    const port = await freePort();
    service = await startApp({ MANAGEMENT_PORT: String(port), CLIENT_FAILURE_LIMIT: '3' });
    management = `http://127.0.0.1:${port}`;
    await registerClient(service, { id: OTHER.id });
    await registerClient(service, { id: 'unrotated', tokenPolicy: { rotation: false } });
  });
  afterAll(() => service.stop());

  const scrape = () => Scraped.from(management);
  /** What a piece of traffic adds to a metric, by the values of one label; what it leaves alone is left out. */
  const grown = async (name: string, label: string, traffic: () => Promise<unknown>) => {
    const before = await scrape();
    await traffic();
    const after = await scrape();
    const values = new Set(after.samples(name).map(({ labels }) => labels[label] ?? ''));
    const growths = [...values].map((value) => [value, after.growth(before, name, { [label]: value })]);
    return Object.fromEntries(growths.filter(([, growth]) => growth !== 0)) as Record<string, number>;
  };
  const authorized = { authorization: basic(DEMO.id, DEMO.secret!) };
  const introspect = (token: string) => postForm(`${service.url}/oauth2/introspect`, { token }, authorized);
  const revoke = (token: string) => postForm(`${service.url}/oauth2/revoke`, { token }, authorized);

  it('is of the text format of Prometheus, with a help and a type for every metric', async () => {
    const answer = await send(`${management}/metrics`, { method: 'GET' });
    expect(answer.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    const { families } = Scraped.parse(answer.text);
    for (const [name, { type, help }] of families) {
      expect(name).toMatch(/^(regrant|process|nodejs)_[a-z\d_]+$/);
      expect(help).not.toBe('');
      if (type === 'counter') expect(name).toMatch(/_total$/);
    }
  });

  it('has the values of this process and this build', async () => {
    const scraped = await scrape();
    expect(scraped.value('process_cpu_seconds_total')).toBeGreaterThan(0);
    expect(scraped.value('nodejs_eventloop_lag_seconds')).toBeGreaterThanOrEqual(0);
    expect(scraped.samples('regrant_build_info')[0]!.labels).toEqual({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      node: process.version,
    });
  });

  it('counts each refresh once, by what became of it', async () => {
    const outcomes = await grown('regrant_refreshes_total', 'outcome', async () => {
      const first = await firstRefreshToken(service.url);
      const { body } = await refresh(service.url, first);
      await refresh(service.url, first);
      await refresh(service.url, body.refresh_token!, DEMO, { scope: 'root' });
      await refresh(service.url, body.refresh_token!, OTHER);
      await age(service.database.pool, first, 60);
      await refresh(service.url, first);
      await refresh(service.url, body.refresh_token!);
      await refresh(service.url, 'rgr_nonsense');
      await refresh(service.url, '');
      const expired = await firstRefreshToken(service.url);
      await age(service.database.pool, expired, 100_000);
      await refresh(service.url, expired);
      const unrotated = { id: 'unrotated', secret: CLIENT_SECRET };
      await refresh(service.url, await firstRefreshToken(service.url, unrotated), unrotated);
    });
    expect(outcomes).toEqual({
      rotated: 1,
      retried: 1,
      scope_too_wide: 1,
      wrong_client: 1,
      replayed: 1,
      revoked: 1,
      malformed: 1,
      invalid_request: 1,
      expired: 1,
      reused: 1,
    });
  });

  it('counts token requests by grant and error code', async () => {
    const before = await scrape();
    for (let request = 0; request < 3; request += 1) await signIn(service.url);
    await tokenRequest(service.url, DEMO, { grant_type: 'password', username: 'john', password: 'wrong' });
    await tokenRequest(service.url, DEMO, { grant_type: 'client_credentials' });
    const after = await scrape();
    const growth = (grant: string, outcome: string) =>
      after.growth(before, 'regrant_token_requests_total', { grant, outcome });
    expect(growth('password', 'issued')).toBe(3);
    expect(growth('password', 'invalid_grant')).toBe(1);
    expect(growth('client_credentials', 'issued')).toBe(1);
    expect(after.growth(before, 'regrant_token_requests_total')).toBe(5);
  });

  it('measures requests by route and status class', async () => {
    const before = await scrape();
    await signIn(service.url);
    await tokenRequest(service.url, DEMO, { grant_type: 'nonsense' });
    await send(`${service.url}/oauth2/jwks`, { method: 'HEAD' });
    const after = await scrape();
    const growth = (route: string, status: string) =>
      after.growth(before, 'regrant_http_request_duration_seconds_count', { route, status });
    expect(growth('/oauth2/token', '2xx')).toBe(1);
    expect(growth('/oauth2/token', '4xx')).toBe(1);
    expect(growth('/oauth2/jwks', '2xx')).toBe(1);
  });

  it('counts introspections and what decided them, and revocations by reason', async () => {
    const { body } = await signIn(service.url);
    await until(async () => (await scrape()).value('regrant_denylist_believed') === 1);
    const deciders = await grown('regrant_access_token_checks_total', 'decided_by', async () => {
      expect(
        await grown('regrant_introspections_total', 'result', async () => {
          await introspect(body.access_token!);
          await introspect('nonsense');
        }),
      ).toEqual({ active: 1, inactive: 1 });
    });
    expect(deciders.token).toBe(1);
    // Of a token so young Postgres has the last word, if anything that could have ended it is listed.
    expect((deciders.denylist ?? 0) + (deciders.database ?? 0)).toBe(1);
    expect(
      await grown('regrant_revocations_total', 'reason', async () => {
        await revoke(body.refresh_token!);
        await revoke(body.refresh_token!);
        await revoke(body.access_token!);
        await service.app.get(ClientLifecycleService).disable(OTHER.id, 'admin');
      }),
    ).toEqual({ client_request: 2, client_disabled: 1 });
    expect(
      await grown('regrant_access_token_checks_total', 'decided_by', () => introspect(body.access_token!)),
    ).toEqual({ database: 1 });
  });

  it('counts failed client authentications by why, and lock-outs', async () => {
    const wrong = { id: 'unrotated', secret: 'wrong' };
    const failures = await grown('regrant_client_authentication_failures_total', 'reason', async () => {
      const lockOuts = await grown('regrant_lockouts_total', 'limit', async () => {
        for (let attempt = 0; attempt < 6; attempt += 1) await tokenRequest(service.url, wrong, {});
      });
      expect(lockOuts).toEqual({ client: 1 });
    });
    expect(failures).toEqual({ wrong_credentials: 4 });
  });

  it('tells how many shared a statement, and who waits', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => firstRefreshToken(service.url)));
    const before = await scrape();
    await Promise.all(tokens.map((token) => refresh(service.url, token)));
    const after = await scrape();
    const rotations = { batcher: 'rotations' };
    expect(after.growth(before, 'regrant_batch_members_sum', rotations)).toBe(20);
    expect(after.growth(before, 'regrant_batch_members_count', rotations)).toBeLessThanOrEqual(20);
    expect(after.value('regrant_batch_queue_length', rotations)).toBe(0);
    expect(after.value('regrant_batch_rejections_total', rotations)).toBe(0);
  });

  it('tells of connections, readers, keys and the relay', async () => {
    const reader = await readEvents(service.url, await accessToken(service.url, DEMO, 'events.read'));
    const scraped = await scrape();
    expect(scraped.value('regrant_sse_readers')).toBe(1);
    reader.close();
    await until(async () => (await scrape()).value('regrant_sse_readers') === 0);
    const streams = { route: '/events/revocations', status: '2xx' };
    expect((await scrape()).value('regrant_http_request_duration_seconds_count', streams)).toBeUndefined();
    expect(scraped.value('regrant_postgres_connections')).toBeGreaterThan(0);
    expect(scraped.value('regrant_postgres_connections_max')).toBe(10);
    expect(scraped.value('regrant_postgres_waiting')).toBe(0);
    expect(scraped.value('regrant_redis_up')).toBe(1);
    expect(scraped.value('regrant_denylist_keepers')).toBe(1);
    expect(scraped.value('regrant_relay_lag_seconds')).toBeGreaterThanOrEqual(0);
    expect(scraped.value('regrant_outbox_events')).toBeGreaterThanOrEqual(0);
    expect(scraped.value('regrant_families_live')).toBeGreaterThan(0);
    expect(scraped.value('regrant_ssf_streams', { status: 'enabled' })).toBe(0);
    const key = { algorithm: 'ES256' };
    const age = scraped.value('regrant_token_key_age_seconds', key)!;
    expect(age).toBeGreaterThan(0);
    expect(age + scraped.value('regrant_token_key_rotation_seconds', key)!).toBeCloseTo(7_776_000, 0);
    expect(scraped.samples('regrant_scrape_error').filter(({ value }) => value !== 0)).toEqual([]);
  });

  it('makes no series of what requests make up: methods, paths, grants and clients', async () => {
    await signIn(service.url);
    // But for gauges, which are left out at times, and for status classes: a loaded machine may answer 503.
    const series = async () => {
      const families = [...(await scrape()).families].filter(([name]) => name.startsWith('regrant_'));
      const counted = families
        .filter(([, { type }]) => type !== 'gauge')
        .flatMap(([, { samples }]) => samples);
      return new Set(counted.map(({ name, labels }) => JSON.stringify({ name, ...labels, status: '' })));
    };
    const hostile = async (round: number) => {
      const made = `made-up-${round}-${Math.random()}`;
      await send(`${service.url}/${made}?${made}`, { method: 'GET' });
      await send(`${service.url}/oauth2/token/${made}`, { method: 'PURGE' });
      await tokenRequest(service.url, DEMO, { grant_type: made });
      await tokenRequest(service.url, { id: made, secret: made }, { grant_type: 'password' });
      await refresh(service.url, made);
      await introspect(made);
      await send(`${service.url}/oauth2/token`, {
        headers: { 'x-request-id': made },
        body: formBody({ [made]: made }),
      });
    };
    await hostile(0);
    const before = await series();
    expect(before.size).toBeGreaterThan(100);
    for (let round = 1; round <= 10; round += 1) await hostile(round);
    expect(await series()).toEqual(before);
    expect((await send(`${management}/metrics`, { method: 'GET' })).text).not.toContain('made-up');
  });

  it('is not served where the endpoints are, nor they where it is', async () => {
    expect((await send(`${service.url}/metrics`, { method: 'GET' })).status).toBe(404);
    for (const path of ['/oauth2/token', '/oauth2/jwks', '/.well-known/oauth-authorization-server', '/']) {
      expect((await send(`${management}${path}`, { method: 'GET' })).status).toBe(404);
    }
    const { status, headers } = await send(`${management}/metrics`, { method: 'POST' });
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
  });

  it('stands beside the health of the service', async () => {
    const live = await send(`${management}/health/live`, { method: 'GET' });
    expect([live.status, live.body]).toEqual([200, { status: 'ok' }]);
    const ready = await send(`${management}/health/ready`, { method: 'GET' });
    expect([ready.status, ready.body.status]).toEqual([200, 'ok']);
  });
});
