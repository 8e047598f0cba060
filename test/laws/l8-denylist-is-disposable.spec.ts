import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { setTimeout as delay } from 'node:timers/promises';
import { ClientDirectory } from '../../src/clients/client-directory.js';
import { TokenIssuer } from '../../src/grants/token-issuer.js';
import { Denylist } from '../../src/revocation/denylist/denylist.js';
import { keysOf } from '../../src/revocation/denylist/denylist-entry.js';
import { UserService } from '../../src/users/user.service.js';
import { basic, postForm } from '../support/http.js';
import { DEMO } from '../support/oauth.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';
import { type ServiceProcess, startService } from '../support/service-process.js';
import { createDatabase } from '../support/test-database.js';
import { startApp, type TestApp } from '../support/test-app.js';

const FLUSHES = 6;
const CALLERS = 8;
const UNKNOWN_TOKEN = { jti: '01a1fc0d-0000-7000-8000-000000000000', clientId: DEMO.id };

interface Tokens {
  readonly access: string;
  readonly refresh: string;
}

/** L8: a wiped or restarted Redis never yields a wrong answer, and is believed again once it is filled again. */
describe('L8 the denylist is disposable', () => {
  let redis: RedisServer;
  let admin: Redis;
  let issuing: TestApp;
  let replicas: ServiceProcess[];
  beforeAll(async () => {
    redis = await startRedis();
    admin = new Redis(redis.url);
    const database = await createDatabase();
    const environment = { REDIS_URL: redis.url };
    issuing = await startApp(environment, database);
    const { REGRANT_KEYS, REDIS_KEY_PREFIX, ISSUER } = issuing.environment;
    const shared = { ...environment, REGRANT_KEYS, REDIS_KEY_PREFIX, ISSUER };
    replicas = await Promise.all([1, 2].map(() => startService(database.url, shared)));
  }, 120_000);
  afterAll(async () => {
    admin.disconnect();
    await Promise.all(replicas.map((replica) => replica.stop()));
    await issuing.stop();
    await issuing.database.drop();
    await redis.stop();
  });

  const authorization = basic(DEMO.id, DEMO.secret!);
  const ask = (index: number, endpoint: 'revoke' | 'introspect', token: string) =>
    postForm(`${replicas[index % replicas.length]!.url}/oauth2/${endpoint}`, { token }, { authorization });

  async function issue(): Promise<Tokens> {
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
    const { response } = await issuing.app.get(TokenIssuer).issueToUser(grant);
    return { access: response.access_token, refresh: response.refresh_token! };
  }

  /** The denylist answers without Postgres. */
  async function untilBelieved(): Promise<void> {
    const denylist = issuing.app.get(Denylist);
    while (!(await denylist.clears(keysOf(UNKNOWN_TOKEN), Date.now()))) await delay(50);
  }

  it('answers rightly of revoked and live tokens under load, while Redis is flushed', async () => {
    const live = await Promise.all(Array.from({ length: 40 }, issue));
    const revoked: Tokens[] = [];
    let isOver = false;
    let answers = 0;
    const call = async (caller: number): Promise<void> => {
      for (let index = caller; !isOver; index += 1) {
        const dead = revoked[index % revoked.length];
        const alive = live[index % live.length]!;
        const [wrong, right] = await Promise.all([
          dead && ask(index, 'introspect', dead.access),
          ask(index, 'introspect', alive.access),
        ]);
        expect(wrong?.body.active ?? false).toBe(false);
        expect(right.body.active).toBe(true);
        answers += 1;
      }
    };
    const revoke = async (): Promise<void> => {
      for (let index = 0; !isOver; index += 1) {
        const tokens = await issue();
        expect((await ask(index, 'revoke', tokens.refresh)).status).toBe(200);
        expect((await ask(index + 1, 'introspect', tokens.access)).body).toEqual({ active: false });
        revoked.push(tokens);
      }
    };
    const load = Promise.all([
      revoke(),
      revoke(),
      ...Array.from({ length: CALLERS }, (_, index) => call(index)),
    ]);
    for (let flush = 0; flush < FLUSHES; flush += 1) {
      await untilBelieved();
      await delay(200);
      await admin.flushall();
    }
    isOver = true;
    await load;
    expect(answers).toBeGreaterThan(100);
    expect(revoked.length).toBeGreaterThan(FLUSHES);
  }, 180_000);

  it('has every revocation again after it was flushed', async () => {
    const { access, refresh } = await issue();
    expect((await ask(0, 'revoke', refresh)).status).toBe(200);
    await untilBelieved();
    await admin.flushall();
    await untilBelieved();
    expect((await ask(1, 'introspect', access)).body).toEqual({ active: false });
    const keys = await admin.keys('*{denylist}:session:*');
    expect(keys.length).toBeGreaterThan(0);
  }, 120_000);
});
