import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClientDirectory } from '../../src/clients/client-directory.js';
import { Database } from '../../src/database/database.js';
import { TokenIssuer } from '../../src/grants/token-issuer.js';
import { type TokenResponse } from '../../src/grants/grant-strategy.js';
import { UserService } from '../../src/users/user.service.js';
import { basic, postForm } from '../support/http.js';
import { DEMO, refresh } from '../support/oauth.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';
import { type ServiceProcess, startService } from '../support/service-process.js';
import { createDatabase } from '../support/test-database.js';
import { startApp, type TestApp } from '../support/test-app.js';

const ROUNDS = 250;

/** L2: after the 200 no replica refreshes the family or calls its tokens active, whatever becomes of Redis. */
describe('L2 finality, on three processes', () => {
  let redis: RedisServer;
  let issuing: TestApp;
  let replicas: ServiceProcess[];
  beforeAll(async () => {
    redis = await startRedis();
    const database = await createDatabase();
    const environment = { REDIS_URL: redis.url, REDIS_TIMEOUT_MS: '50' };
    issuing = await startApp(environment, database);
    const { REGRANT_KEYS, REDIS_KEY_PREFIX, ISSUER } = issuing.environment;
    const shared = { ...environment, REGRANT_KEYS, REDIS_KEY_PREFIX, ISSUER };
    replicas = await Promise.all([1, 2, 3].map(() => startService(database.url, shared)));
  }, 120_000);
  afterAll(async () => {
    redis.process.kill('SIGCONT');
    await Promise.all(replicas.map((replica) => replica.stop()));
    await issuing.stop();
    await issuing.database.drop();
    await redis.stop();
  });

  const authorization = basic(DEMO.id, DEMO.secret!);
  const ask = (url: string, endpoint: 'revoke' | 'introspect', token: string) =>
    postForm(`${url}/oauth2/${endpoint}`, { token }, { authorization });

  async function issue(): Promise<Required<TokenResponse>> {
    const client = (await issuing.app.get(ClientDirectory).find(DEMO.id))!;
    const { id: userId } = (await issuing.app.get(UserService).findByUsername('john'))!;
    const grant = {
      client,
      userId,
      scopes: client.defaultScopes,
      audiences: [],
      authTime: new Date(),
      amr: ['pwd'],
    };
    return (await issuing.app.get(TokenIssuer).issueToUser(grant)).response as Required<TokenResponse>;
  }

  async function round(index: number): Promise<void> {
    const { access_token, refresh_token } = await issue();
    const revoking = replicas[index % replicas.length]!;
    const alive = await Promise.all(replicas.map(({ url }) => ask(url, 'introspect', access_token)));
    expect(alive.map(({ body }) => body.active)).toEqual([true, true, true]);
    expect((await ask(revoking.url, 'revoke', refresh_token)).status).toBe(200);
    const answers = await Promise.all(
      replicas.flatMap(({ url }) => [
        ask(url, 'introspect', access_token),
        ask(url, 'introspect', refresh_token),
        refresh(url, refresh_token),
      ]),
    );
    for (const { body } of answers)
      expect([{ active: false }, 'invalid_grant']).toContainEqual(body.error ?? body);
  }

  const states: Record<string, () => Promise<unknown> | undefined> = {
    up: () => undefined,
    'flushed all the time': () => undefined,
    'paused by SIGSTOP': () => Promise.resolve(redis.process.kill('SIGSTOP')),
    killed: () => redis.stop(),
  };

  it.each(Object.entries(states))(
    `holds for ${ROUNDS} revocations with Redis %s`,
    async (state, enter) => {
      await enter();
      for (let index = 0; index < ROUNDS; index += 1) {
        if (state.startsWith('flushed')) await flushAll(redis.url);
        await round(index);
      }
      expect(issuing.app.get(Database).outages.last).toBeUndefined();
    },
    300_000,
  );
});

async function flushAll(url: string): Promise<void> {
  const { Redis } = await import('ioredis');
  const client = new Redis(url);
  await client.flushall();
  client.disconnect();
}
