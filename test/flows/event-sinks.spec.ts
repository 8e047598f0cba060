import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Redis } from 'ioredis';
import { decodeJwt } from 'jose';
import { Database } from '../../src/database/database.js';
import { type Transaction } from '../../src/database/sql-session.js';
import { RevocationService } from '../../src/revocation/revocation.service.js';
import { type RevocationDocument, RevocationList } from '../../src/verifier/revocation-list.js';
import { TokenVerifier } from '../../src/verifier/token-verifier.js';
import { accessToken, readEvents } from '../support/event-reader.js';
import { basic, postForm } from '../support/http.js';
import { type Caller, DEMO, signIn } from '../support/oauth.js';
import { CLIENT_SECRET, registerClient, startApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const OWNER: Caller = { id: 'owner', secret: CLIENT_SECRET };
const CAUSE = { reason: 'admin_request', initiator: 'admin' } as const;
const COUNT = 100;

type EventDocument = RevocationDocument & { readonly id: string };

describe('every sink', () => {
  let service: TestApp;
  let redis: Redis;
  beforeAll(async () => {
    service = await startApp();
    await registerClient(service, { id: OWNER.id });
    redis = new Redis(process.env.TEST_REDIS_URL!);
  });
  afterAll(async () => {
    redis.disconnect();
    await service.stop();
  });

  const inTransaction = (
    work: (transaction: Transaction, revocation: RevocationService) => Promise<unknown>,
  ) =>
    service.app
      .get(Database)
      .transaction((transaction) => work(transaction, service.app.get(RevocationService)));
  const present = (token: string) =>
    postForm(`${service.url}/oauth2/revoke`, { token }, { authorization: basic(OWNER.id, OWNER.secret!) });

  /** The ways to revoke, each of them one event. */
  const ways = [
    async () => present((await signIn(service.url, OWNER)).body.refresh_token!),
    async () => present((await signIn(service.url, OWNER)).body.access_token!),
    async () => {
      const { sub = '' } = decodeJwt((await signIn(service.url, OWNER)).body.access_token!);
      await inTransaction((transaction, revocation) => revocation.revokeUser(transaction, sub, CAUSE));
    },
    async () => {
      const { sub = '' } = decodeJwt((await signIn(service.url, OWNER)).body.access_token!);
      await inTransaction((transaction, revocation) =>
        revocation.revokeUserAtClient(transaction, sub, OWNER.id, CAUSE),
      );
    },
    () => inTransaction((transaction, revocation) => revocation.revokeClient(transaction, OWNER.id, CAUSE)),
  ];

  it('tells of exactly the same 100 revocations: SSE, a Redis consumer group, the verifier on each (L5)', async () => {
    const applied = jest.spyOn(RevocationList.prototype, 'apply');
    const issuer = service.url;
    const credentials = { clientId: DEMO.id, clientSecret: DEMO.secret! };
    const stream = `${service.environment.REDIS_KEY_PREFIX!}revocations`;
    const verifiers = await Promise.all([
      TokenVerifier.start({ issuer, credentials }),
      TokenVerifier.start({ issuer, credentials, redis: { client: redis, stream } }),
    ]);
    const reader = await readEvents(issuer, await accessToken(issuer, DEMO, 'events.read'));
    const group = await joinGroup(redis, stream);

    for (let index = 0; index < COUNT - 1; index += 1) await ways[index % ways.length]!();
    await inTransaction((transaction, revocation) => revocation.revokeEverybody(transaction, CAUSE));

    await reader.has(COUNT);
    await until(() => group.events.length >= COUNT);
    const told = reader.events.map(({ cursor: _cursor, ...event }) => event);
    expect(new Set(told.map(({ type }) => type)).size).toBe(6);
    expect(await idsOf(service)).toEqual(told.map(({ id }) => id));
    expect(group.events).toEqual(reader.events);
    for (const verifier of new Set(applied.mock.contexts)) {
      const seen = () =>
        applied.mock.calls.flatMap(([event], call) =>
          applied.mock.contexts[call] === verifier ? [event as EventDocument] : [],
        );
      await until(() => seen().length >= COUNT);
      // What was read twice, from Redis and from the server, counts once.
      expect([...new Map(seen().map((event) => [event.id, event])).values()]).toEqual(told);
    }
    expect(new Set(applied.mock.contexts).size).toBe(verifiers.length);

    for (const verifier of verifiers) verifier.stop();
    reader.close();
    await group.leave();
    applied.mockRestore();
  }, 90_000);
});

async function idsOf({ database }: TestApp): Promise<string[]> {
  const { rows } = await database.pool.query<{ id: string }>(
    'SELECT id FROM revocation_event e ORDER BY e.transaction_id, e.sequence',
  );
  return rows.map(({ id }) => id);
}

/** A consumer that acknowledges what it is given. */
async function joinGroup(redis: Redis, stream: string) {
  const [group, connection] = ['my-service', redis.duplicate()];
  await connection.xgroup('CREATE', stream, group, '$', 'MKSTREAM');
  const events: Record<string, string | undefined>[] = [];
  const read = async () => {
    for (;;) {
      const answer = await connection.xreadgroup(
        ...(['GROUP', group, 'worker-1', 'COUNT', 10, 'BLOCK', 1_000, 'STREAMS', stream, '>'] as const),
      );
      const [[, entries] = ['', []]] = (answer ?? []) as [string, [string, string[]][]][];
      for (const [id, fields] of entries) {
        const pairs = fields.flatMap((name, at) => (at % 2 ? [] : [[name, fields[at + 1]]]));
        events.push({ cursor: id, ...(Object.fromEntries(pairs) as Record<string, string>) });
        await connection.xack(stream, group, id);
      }
    }
  };
  const reading = read().catch(() => undefined);
  return {
    events,
    leave: async () => {
      connection.disconnect();
      await reading;
      expect((await redis.xpending(stream, group))[0]).toBe(0);
    },
  };
}
