import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { setTimeout as delay } from 'node:timers/promises';
import { ClientDirectory } from '../../src/clients/client-directory.js';
import { Database } from '../../src/database/database.js';
import { RevocationService } from '../../src/revocation/revocation.service.js';
import { TokenFamilyService } from '../../src/tokens/families/token-family.service.js';
import { accessToken, readEvents, type ReceivedEvent } from '../support/event-reader.js';
import { DEMO } from '../support/oauth.js';
import { type ServiceProcess, startService } from '../support/service-process.js';
import { createDatabase, type TestDatabase } from '../support/test-database.js';
import { createUser, startApp, type TestApp } from '../support/test-app.js';

const WRITERS = 20;
const REVOCATIONS = 15;
const CAUSE = { reason: 'admin_request', initiator: 'admin' } as const;

/** L5: each sink gets each committed event, in order per subject, whatever the order of commits. */
describe('L5 one event', () => {
  let database: TestDatabase;
  let writing: TestApp;
  let reading: ServiceProcess;
  let relay: ServiceProcess;
  let restartRelay: () => Promise<void>;
  beforeAll(async () => {
    database = await createDatabase();
    writing = await startApp({ DATABASE_POOL_SIZE: '40', REDIS_URL: undefined }, database);
    const { REGRANT_KEYS, REDIS_KEY_PREFIX, ISSUER } = writing.environment;
    const shared = { REGRANT_KEYS, REDIS_KEY_PREFIX, ISSUER };
    restartRelay = async () => {
      relay = await startService(database.url, shared);
    };
    await restartRelay();
    reading = await startService(database.url, { ...shared, REDIS_URL: undefined });
  }, 120_000);
  afterAll(async () => {
    await Promise.all([relay.stop(), reading.stop()]);
    await writing.stop();
    await database.drop();
  });

  /** One writer: revokes its user's families one by one, some in transactions that end late or are rolled back. */
  async function write(userId: string): Promise<string[]> {
    const database = writing.app.get(Database);
    const client = (await writing.app.get(ClientDirectory).find(DEMO.id))!;
    const grant = { client, userId, scopes: [], audiences: [], authTime: new Date(), amr: [] };
    const committed: string[] = [];
    for (let turn = 0; turn < REVOCATIONS; turn += 1) {
      const { family } = await writing.app.get(TokenFamilyService).begin(database, grant);
      const isRolledBack = Math.random() < 0.2;
      await database
        .transaction(async (transaction) => {
          await writing.app.get(RevocationService).revokeFamily(transaction, family.id, CAUSE);
          await delay(Math.random() * 60);
          if (isRolledBack) throw new Error('rolled back');
        })
        .catch(() => undefined);
      if (!isRolledBack) committed.push(family.id);
    }
    return committed;
  }

  it('reaches SSE and the Redis stream exactly, while the relay is killed and started again', async () => {
    const token = await accessToken(reading.url, DEMO, 'events.read');
    const reader = await readEvents(reading.url, token);
    const users = await Promise.all(
      Array.from({ length: WRITERS }, (_, index) => createUser(writing, `user-${index}`, 'x')),
    );
    const writers = Promise.all(users.map(write));
    for (let kill = 0; kill < 2; kill += 1) {
      await delay(200);
      await relay.stop('SIGKILL');
      await restartRelay();
    }
    const committed = await writers;
    const total = committed.flat().length;
    await reader.has(total);
    expect(reader.events).toHaveLength(total);
    for (const [index, user] of users.entries()) {
      expect(reader.events.filter(({ sub }) => sub === user).map(({ sid }) => sid)).toEqual(committed[index]);
    }
    expect(await untilInRedis(writing.environment.REDIS_KEY_PREFIX!, total)).toEqual(
      reader.events.map(({ cursor, id }) => [cursor, id]),
    );
    await expectResumable(reading.url, token, reader.events);
    reader.close();
  }, 120_000);
});

/** `[stream id, event id]` of all that is in the stream, once there are as many. */
async function untilInRedis(prefix: string, count: number): Promise<[string, string][]> {
  const redis = new Redis(process.env.TEST_REDIS_URL!);
  const deadline = Date.now() + 10_000;
  for (;;) {
    const entries = await redis.xrange(`${prefix}revocations`, '-', '+');
    if (entries.length >= count || Date.now() > deadline) {
      redis.disconnect();
      return entries.map(([id, fields]) => [id, fields[fields.indexOf('id') + 1]!]);
    }
    await delay(50);
  }
}

/** A reader that resumes from any cursor misses nothing. */
async function expectResumable(url: string, token: string, events: readonly ReceivedEvent[]): Promise<void> {
  for (let index = 0; index < events.length; index += 37) {
    const resumed = await readEvents(url, token, { lastEventId: events[index]!.cursor });
    await resumed.has(events.length - index - 1);
    expect(resumed.events.map(({ id }) => id)).toEqual(events.slice(index + 1).map(({ id }) => id));
    resumed.close();
  }
}
