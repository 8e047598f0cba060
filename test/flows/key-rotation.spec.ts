import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { Clock } from '../../src/common/clock.js';
import { TokenKeyService } from '../../src/tokens/keys/token-key.service.js';
import { send } from '../support/http.js';
import { firstRefreshToken, refresh, signIn } from '../support/oauth.js';
import { type ServiceProcess, startService } from '../support/service-process.js';
import { startApp, type TestApp } from '../support/test-app.js';
import { createDatabase, type TestDatabase } from '../support/test-database.js';

const DAY = 86_400;
/** Of a signing key, and how long before it the next is published. */
const [LIFETIME, AHEAD] = [30 * DAY, 2 * DAY];

async function publishedKeys(url: string): Promise<JSONWebKeySet> {
  return (await send(`${url}/oauth2/jwks`, { method: 'GET' })).body as unknown as JSONWebKeySet;
}
const kidOf = (token: string): string => decodeProtectedHeader(token).kid!;

describe('the rotation of signing keys', () => {
  let service: TestApp;
  let start: number;
  beforeEach(async () => {
    const lifetimes = { SIGNING_KEY_LIFETIME: String(LIFETIME), SIGNING_KEY_PUBLISH_AHEAD: String(AHEAD) };
    service = await startApp({ ...lifetimes, ACCESS_TOKEN_LIFETIME: String(DAY) });
    start = Date.now();
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await service.stop();
  });

  /** Sets the clock to so many seconds after the start, and does what the service does every few seconds. */
  async function travelTo(seconds: number): Promise<Date> {
    const now = new Date(start + seconds * 1000);
    jest.spyOn(service.app.get(Clock), 'now').mockReturnValue(now);
    await service.app.get(TokenKeyService).followSchedule();
    return now;
  }
  const kids = async (): Promise<string[]> =>
    (await publishedKeys(service.url)).keys.map(({ kid }) => kid!).sort();
  const accessToken = async (): Promise<string> => (await signIn(service.url)).body.access_token!;
  const verify = async (token: string, currentDate: Date, keys?: JSONWebKeySet) =>
    jwtVerify(token, createLocalJWKSet(keys ?? (await publishedKeys(service.url))), { currentDate });

  it('publishes the next key before it signs, for long enough, and then lets it sign', async () => {
    const [first] = await kids();
    await travelTo(LIFETIME - AHEAD - 60);
    expect(await kids()).toEqual([first]);
    await travelTo(LIFETIME - AHEAD + 60);
    const both = await kids();
    expect(both).toHaveLength(2);
    expect(both).toContain(first);
    expect(kidOf(await accessToken())).toBe(first);
    await travelTo(LIFETIME - 60);
    expect(kidOf(await accessToken())).toBe(first);
    await travelTo(LIFETIME + 120);
    expect(both.filter((kid) => kid !== first)).toEqual([kidOf(await accessToken())]);
    expect(await kids()).toEqual(both);
  });

  it('keeps tokens verifying before, during and after, also by keys fetched before the change (D1)', async () => {
    const before = await accessToken();
    await verify(before, new Date());
    await travelTo(LIFETIME - AHEAD + 60);
    const cached = await publishedKeys(service.url);
    const lastMoment = await travelTo(LIFETIME - 60);
    const last = await accessToken();
    await verify(last, lastMoment);
    const changed = await travelTo(LIFETIME + 120);
    const next = await accessToken();
    expect(kidOf(next)).not.toBe(kidOf(last));
    for (const token of [last, next]) {
      await verify(token, changed);
      await verify(token, changed, cached);
    }
  });

  it('keeps the old key until the last token that it signed has expired, and no longer', async () => {
    const [first] = await kids();
    await travelTo(LIFETIME - AHEAD + 60);
    await travelTo(LIFETIME - 1);
    const last = await accessToken();
    expect(kidOf(last)).toBe(first);
    const dying = await travelTo(LIFETIME + DAY - 2);
    await verify(last, dying);
    await travelTo(LIFETIME + DAY + 120);
    expect(await kids()).not.toContain(first);
    await expect(verify(last, new Date(start))).rejects.toThrow('no applicable key');
  });

  it('does not touch refresh tokens: one from before is taken after two changes (L3)', async () => {
    const token = await firstRefreshToken(service.url);
    await travelTo(LIFETIME - AHEAD + 60);
    await travelTo(2 * LIFETIME);
    await travelTo(3 * LIFETIME);
    const answer = await refresh(service.url, token);
    expect(answer.status).toBe(200);
    await verify(answer.body.access_token!, new Date(start + 3 * LIFETIME * 1000));
  });
});

describe('two replicas that start at once on an empty database', () => {
  let database: TestDatabase;
  let replicas: ServiceProcess[] = [];
  beforeAll(async () => {
    database = await createDatabase();
    const shared = {
      ISSUER: 'http://127.0.0.1:1',
      REDIS_KEY_PREFIX: `${database.url.slice(-12)}:`,
      REGRANT_KEYS: `1:${'k'.repeat(43)}`,
      SIGNING_ALGORITHMS: 'ES256,EdDSA',
    };
    replicas = await Promise.all([startService(database.url, shared), startService(database.url, shared)]);
  });
  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
    await database.drop();
  });

  it('make one key per algorithm', async () => {
    const { rows } = await database.pool.query<{ algorithm: string }>(
      'SELECT algorithm FROM token_key ORDER BY algorithm',
    );
    const algorithms = rows.map(({ algorithm }) => algorithm);
    expect(algorithms).toEqual(expect.arrayContaining(['ES256', 'EdDSA']));
    expect(algorithms).toEqual([...new Set(algorithms)]);
  });

  it('publish the same keys, and each verifies and refreshes what the other issued', async () => {
    const [one, other] = replicas as [ServiceProcess, ServiceProcess];
    const keys = await publishedKeys(one.url);
    expect(await publishedKeys(other.url)).toEqual(keys);
    const { body } = await signIn(one.url);
    await jwtVerify(body.access_token!, createLocalJWKSet(await publishedKeys(other.url)));
    const refreshed = await refresh(other.url, body.refresh_token!);
    expect(refreshed.status).toBe(200);
    await jwtVerify(refreshed.body.access_token!, createLocalJWKSet(keys));
  });
});

describe('two replicas that look at the schedule at the same moment', () => {
  let database: TestDatabase;
  let replicas: TestApp[] = [];
  beforeAll(async () => {
    database = await createDatabase();
    const shared = {
      REGRANT_KEYS: `1:${'k'.repeat(43)}`,
      SIGNING_ALGORITHMS: 'ES256,EdDSA',
      SIGNING_KEY_LIFETIME: undefined,
      SIGNING_KEY_PUBLISH_AHEAD: undefined,
    };
    replicas = [await startApp(shared, database), await startApp(shared, database)];
  });
  afterAll(async () => {
    for (const replica of replicas) await replica.stop();
    await database.drop();
  });

  it('make one key per algorithm all the same, and both know it', async () => {
    for (let round = 0; round < 10; round += 1) {
      await database.pool.query('DELETE FROM token_key');
      await Promise.all(replicas.map(({ app }) => app.get(TokenKeyService).followSchedule()));
      const [one, other] = await Promise.all(replicas.map(({ url }) => publishedKeys(url)));
      expect(one!.keys.map(({ alg }) => alg).sort()).toEqual(['ES256', 'EdDSA']);
      expect(new Set(other!.keys.map(({ kid }) => kid))).toEqual(new Set(one!.keys.map(({ kid }) => kid)));
    }
  });
});
