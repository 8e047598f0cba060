import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { freePort } from '../support/free-port.js';
import { send } from '../support/http.js';
import { type TestEnvironment } from '../support/environment.js';
import { startProgram, startService, type ServiceProcess } from '../support/service-process.js';
import { createEmptyDatabase, type TestDatabase } from '../support/test-database.js';
import { tokenRequest, DEMO } from '../support/oauth.js';

describe('in production', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createEmptyDatabase();
  });
  afterAll(() => database.drop());

  const production = (): TestEnvironment => ({
    NODE_ENV: 'production',
    DATABASE_URL: database.url,
    REDIS_URL: process.env.TEST_REDIS_URL,
    REGRANT_KEYS: `1:${randomBytes(32).toString('base64url')}`,
    ISSUER: 'https://auth.example.com',
    LOG_LEVEL: 'warn',
  });

  it('names every missing variable at once and does not start', async () => {
    const start = startProgram({ NODE_ENV: 'production' }, await freePort());
    await expect(start).rejects.toThrow(/ISSUER: .*DATABASE_URL: .*REDIS_URL: .*REGRANT_KEYS: /s);
  });

  it('prints no value of a variable that is wrong', async () => {
    const secret = 'postgress://user:hunter2@host/db';
    const environment = {
      ...production(),
      DATABASE_URL: secret,
      REGRANT_KEYS: '1:hunter2',
      DEMO_ACCOUNTS: 'true',
    };
    const start = startProgram(environment, await freePort());
    const message = await start.then(() => 'started', String);
    expect(message).toMatch(/DATABASE_URL: .*REGRANT_KEYS: .*DEMO_ACCOUNTS: /s);
    expect(message).not.toContain('hunter2');
  });

  it('has no demo accounts and prints no tour', async () => {
    const port = await freePort();
    const service = await startProgram({ ...production(), HTTP_PORT: String(port) }, port);
    const answer = await tokenRequest(service.url, DEMO, { grant_type: 'client_credentials' });
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client']);
    expect((await database.pool.query("SELECT 1 FROM client WHERE id LIKE 'demo%'")).rowCount).toBe(0);
    expect((await database.pool.query('SELECT 1 FROM user_account')).rowCount).toBe(0);
    await service.stop();
    expect(service.output()).not.toContain('curl');
  });
});

describe('replicas that start at once on an empty database', () => {
  let database: TestDatabase;
  let replicas: ServiceProcess[];
  beforeAll(async () => {
    database = await createEmptyDatabase();
    const REGRANT_KEYS = `1:${randomBytes(32).toString('base64url')}`;
    const start = () => startService(database.url, { REGRANT_KEYS, SIGNING_ALGORITHMS: 'ES256,EdDSA' });
    replicas = await Promise.all([start(), start(), start(), start()]);
  }, 120_000);
  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
    await database.drop();
  });

  it('migrate once, and share one key per algorithm and one set of demo accounts', async () => {
    const count = async (table: string) =>
      (await database.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`)).rows[0]!.n;
    expect(await count('schema_migration')).toBeGreaterThan(0);
    expect(await count('(SELECT DISTINCT name FROM schema_migration) AS names')).toBe(
      await count('schema_migration'),
    );
    expect(await count('token_key')).toBe(3);
    // The demo's two, the first admin, and Swagger UI.
    expect(await count('client')).toBe(4);
    expect(await count('user_account')).toBe(1);
    const documents = await Promise.all(
      replicas.map(({ url }) => send(`${url}/oauth2/jwks`, { method: 'GET' })),
    );
    expect(new Set(documents.map(({ text }) => text)).size).toBe(1);
  });
});
