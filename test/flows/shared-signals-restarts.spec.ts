import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { ClientDirectory } from '../../src/clients/client-directory.js';
import { Database } from '../../src/database/database.js';
import { RevocationService } from '../../src/revocation/revocation.service.js';
import { TokenFamilyService } from '../../src/tokens/families/token-family.service.js';
import { accessToken } from '../support/event-reader.js';
import { DEMO } from '../support/oauth.js';
import { type ServiceProcess, startService } from '../support/service-process.js';
import {
  type Claims,
  claimsOf,
  PUSH,
  type PushReceiver,
  Receiver,
  SESSION_REVOKED,
  SSF_ENVIRONMENT,
  startReceiver,
} from '../support/shared-signals.js';
import { createDatabase, type TestDatabase } from '../support/test-database.js';
import { createUser, startApp, type TestApp } from '../support/test-app.js';

const WRITERS = 8;
const REVOCATIONS = 12;
const CAUSE = { reason: 'admin_request', initiator: 'admin' } as const;

/** L5: poll and push give each committed event, in order per subject, whatever the order of commits. */
describe('streams while the replica that serves them is killed again and again', () => {
  let database: TestDatabase;
  let writing: TestApp;
  let serving: ServiceProcess;
  let restart: () => Promise<void>;
  let endpoint: PushReceiver;
  beforeAll(async () => {
    database = await createDatabase();
    writing = await startApp({ ...SSF_ENVIRONMENT, DATABASE_POOL_SIZE: '20' }, database);
    const { REGRANT_KEYS, REDIS_KEY_PREFIX, ISSUER } = writing.environment;
    restart = async () => {
      serving = await startService(database.url, {
        ...SSF_ENVIRONMENT,
        REGRANT_KEYS,
        REDIS_KEY_PREFIX,
        ISSUER,
      });
    };
    await restart();
    endpoint = await startReceiver();
  }, 120_000);
  afterAll(async () => {
    await Promise.all([serving.stop(), endpoint.stop()]);
    await writing.stop();
    await database.drop();
  });

  /** Revokes a user's families one by one, some in transactions that end late or are rolled back. */
  async function write(userId: string): Promise<string[]> {
    const { app } = writing;
    const client = (await app.get(ClientDirectory).find(DEMO.id))!;
    const grant = { client, userId, scopes: [], audiences: [], authTime: new Date(), amr: [] };
    const committed: string[] = [];
    for (let turn = 0; turn < REVOCATIONS; turn += 1) {
      const { family } = await app.get(TokenFamilyService).begin(app.get(Database), grant);
      const isRolledBack = turn % 5 === 4;
      await app
        .get(Database)
        .transaction(async (transaction) => {
          await app.get(RevocationService).revokeFamily(transaction, family.id, CAUSE);
          await delay(Math.random() * 150);
          if (isRolledBack) throw new Error('rolled back');
        })
        .catch(() => undefined);
      if (!isRolledBack) committed.push(family.id);
    }
    return committed;
  }

  /** Polls until there are as many different ones, some acknowledged only when they come again. */
  async function poll(token: string, stream: string, count: number): Promise<Claims[]> {
    const taken = new Map<string, Claims>();
    let ack: string[] = [];
    while (taken.size < count) {
      const request = { ack, maxEvents: 7, returnImmediately: true };
      const answer = await new Receiver(serving.url, token).poll(stream, request).catch(() => undefined);
      const sets = (answer?.status === 200 ? answer.body.sets : {}) as Record<string, string>;
      for (const [jti, set] of Object.entries(sets)) if (!taken.has(jti)) taken.set(jti, claimsOf(set));
      ack = Object.keys(sets).filter(() => Math.random() < 0.8);
      if (ack.length === 0) await delay(20);
    }
    return [...taken.values()];
  }

  it('give exactly what was committed, in order per subject, with the ids of the outbox', async () => {
    const token = await accessToken(writing.url, DEMO, 'ssf.manage');
    const receiver = new Receiver(serving.url, token);
    const polled = await receiver.createStream({ events_requested: [SESSION_REVOKED] });
    const delivery = { method: PUSH, endpoint_url: endpoint.url };
    await receiver.createStream({ events_requested: [SESSION_REVOKED], delivery });
    const users = await Promise.all(
      Array.from({ length: WRITERS }, (_, index) => createUser(writing, `user-${index}`, 'x')),
    );
    const writers = Promise.all(users.map(write));
    const total = WRITERS * (REVOCATIONS - Math.floor(REVOCATIONS / 5));
    const polling = poll(token, polled, total);
    for (let kill = 0; kill < 2; kill += 1) {
      await delay(400);
      await serving.stop('SIGKILL');
      await restart();
    }
    const committed = await writers;
    expect(committed.flat()).toHaveLength(total);
    const { rows } = await database.pool.query<{ id: string }>(
      `SELECT id FROM revocation_event WHERE type = 'token-family-revoked' ORDER BY id`,
    );
    for (const told of [await polling, await untilPushed(endpoint, total)]) {
      expect(told.map(({ txn }) => txn).sort()).toEqual(rows.map(({ id }) => id));
      for (const [index, user] of users.entries()) expect(sessionsOf(user, told)).toEqual(committed[index]);
    }
  }, 120_000);
});

function sessionsOf(user: string, told: readonly Claims[]): string[] {
  return told
    .map(({ sub_id }) => sub_id as { user: { sub: string }; session: { id: string } })
    .filter((subject) => subject.user.sub === user)
    .map(({ session }) => session.id);
}

/** The first coming of each of so many events. */
async function untilPushed({ taken }: PushReceiver, count: number): Promise<Claims[]> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const told = [...new Map([...taken].reverse().map((claims) => [claims.jti, claims])).values()].reverse();
    if (told.length >= count || Date.now() > deadline) return told;
    await delay(50);
  }
}
