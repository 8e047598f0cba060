import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { childrenOf } from '../support/children-of.js';
import { DEMO, firstRefreshToken, refresh } from '../support/oauth.js';
import { type ServiceProcess, startService } from '../support/service-process.js';
import { createDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

const ROUNDS = 20;
const CALLERS = 20;

describe('WORKERS', () => {
  let database: TestDatabase;
  let service: ServiceProcess;
  const environment = { WORKERS: '2', REDIS_URL: process.env.TEST_REDIS_URL };
  beforeAll(async () => {
    database = await createDatabase();
    service = await startService(database.url, environment);
  }, 120_000);
  afterEach(async () => {
    await until(() => workers().length === 2);
    await until(async () => (await fetch(`${service.url}/health/ready`).catch(() => undefined))?.ok ?? false);
  });
  afterAll(async () => {
    expect(await service.stop()).toBe(0);
    await database.drop();
  });

  const workers = () => childrenOf(service.child.pid!);

  it('rotates a token once, whichever workers it is presented to (L1)', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const token = await firstRefreshToken(service.url);
      const answers = await Promise.all(Array.from({ length: CALLERS }, () => refresh(service.url, token)));
      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: CALLERS }, () => 200));
      expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
    }
  }, 120_000);

  it('goes on when a worker is killed, and replaces it', async () => {
    const before = workers();
    process.kill(before[0]!, 'SIGKILL');
    await until(() => workers().length === 2 && !workers().includes(before[0]!));
    const token = await firstRefreshToken(service.url);
    expect((await refresh(service.url, token)).status).toBe(200);
  }, 120_000);

  it('ends with its workers when a worker can not start', async () => {
    // The database's signing keys are sealed under other root keys.
    const broken = startService(database.url, environment);
    await expect(broken).rejects.toThrow(/can't start.*authenticate data/s);
  }, 120_000);

  it('refuses to share between processes what is kept in memory', async () => {
    const alone = startService(database.url, { WORKERS: '2', REDIS_URL: undefined });
    await expect(alone).rejects.toThrow('WORKERS: more than one needs DATABASE_URL and REDIS_URL');
  }, 120_000);

  it('issues to any worker what any other takes', async () => {
    let token = await firstRefreshToken(service.url, DEMO);
    for (let round = 0; round < ROUNDS; round += 1) {
      const { status, body } = await refresh(service.url, token);
      expect(status).toBe(200);
      token = body.refresh_token as string;
    }
  });
});
