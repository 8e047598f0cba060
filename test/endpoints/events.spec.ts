import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { Database } from '../../src/database/database.js';
import { type Transaction } from '../../src/database/sql-session.js';
import { EventReaders } from '../../src/event-streams/event-readers.js';
import { RevocationService } from '../../src/revocation/revocation.service.js';
import { accessToken, readEvents } from '../support/event-reader.js';
import { familyIdOf } from '../support/families.js';
import { basic, postForm, send } from '../support/http.js';
import { type Caller, DEMO, firstRefreshToken } from '../support/oauth.js';
import { CLIENT_SECRET, registerClient, startApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const OTHER: Caller = { id: 'other', secret: CLIENT_SECRET };
const CAUSE = { reason: 'admin_request', initiator: 'admin' } as const;

describe('GET /events/revocations', () => {
  let service: TestApp;
  let token: string;
  beforeAll(async () => {
    service = await startApp({ SSE_HEARTBEAT: '1', SSE_STALL_TIMEOUT: '1' });
    await registerClient(service, { id: OTHER.id });
    token = await accessToken(service.url, DEMO, 'events.read');
  });
  afterAll(() => service.stop());

  const revoke = async (client = DEMO): Promise<string> => {
    const refreshToken = await firstRefreshToken(service.url, client);
    const authorization = basic(client.id, client.secret!);
    await postForm(`${service.url}/oauth2/revoke`, { token: refreshToken }, { authorization });
    return familyIdOf(refreshToken);
  };
  const inTransaction = (
    work: (transaction: Transaction, revocation: RevocationService) => Promise<unknown>,
  ) =>
    service.app
      .get(Database)
      .transaction((transaction) => work(transaction, service.app.get(RevocationService)));
  const get = (path: string, headers: Record<string, string> = {}) =>
    send(`${service.url}${path}`, {
      method: 'GET',
      headers: { authorization: `Bearer ${token}`, ...headers },
    });

  it('tells of each revocation as it happens, once, without a token in it', async () => {
    const reader = await readEvents(service.url, token);
    const family = await revoke();
    await reader.has(1);
    expect(reader.events).toEqual([
      {
        cursor: expect.stringMatching(/^\d+-\d+$/),
        id: expect.any(String),
        type: 'token-family-revoked',
        occurred_at: expect.stringMatching(/^\d{4}-.*Z$/),
        reason: 'client_request',
        initiating_entity: 'user',
        sub: expect.any(String),
        sid: family,
        client_id: DEMO.id,
      },
    ]);
    reader.close();
  });

  it('resumes after any event by Last-Event-ID and misses none', async () => {
    const first = await readEvents(service.url, token);
    for (let index = 0; index < 5; index += 1) await revoke();
    await first.has(5);
    first.close();
    for (const [index, { cursor }] of first.events.entries()) {
      const resumed = await readEvents(service.url, token, { lastEventId: cursor });
      await resumed.has(4 - index);
      expect(resumed.events.map(({ id }) => id)).toEqual(first.events.slice(index + 1).map(({ id }) => id));
      resumed.close();
    }
  });

  it('filters by client and by type; what names no client concerns all', async () => {
    const ofOther = await readEvents(service.url, token, { query: `?client_id=${OTHER.id}` });
    const ofClients = await readEvents(service.url, token, {
      query: '?type=client-tokens-revoked&type=user-tokens-revoked',
    });
    await revoke(DEMO);
    const family = await revoke(OTHER);
    await inTransaction((transaction, revocation) => revocation.revokeClient(transaction, OTHER.id, CAUSE));
    await Promise.all([ofOther.has(2), ofClients.has(1)]);
    expect(ofOther.events.map(({ type, sid }) => [type, sid])).toEqual([
      ['token-family-revoked', family],
      ['client-tokens-revoked', undefined],
    ]);
    expect(ofClients.events.map(({ type }) => type)).toEqual(['client-tokens-revoked']);
    ofOther.close();
    ofClients.close();
  });

  it('never skips an event whose transaction commits late (L5)', async () => {
    const reader = await readEvents(service.url, token);
    let commitLate: () => void = () => undefined;
    const late = inTransaction(async (transaction, revocation) => {
      await revocation.revokeClient(transaction, OTHER.id, CAUSE);
      await new Promise<void>((resolve) => (commitLate = resolve));
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await revoke(DEMO);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(reader.events).toEqual([]);
    commitLate();
    await late;
    await reader.has(2);
    expect(reader.events.map(({ type }) => type)).toEqual(['client-tokens-revoked', 'token-family-revoked']);
    reader.close();
  });

  it('sends who comes with a cursor from before the retention to the snapshot: 410', async () => {
    await service.database.pool.query(
      `UPDATE server_state SET forgotten_transaction_id = '5', forgotten_sequence = 5`,
    );
    expect((await get('/events/revocations', { 'last-event-id': '5-4' })).status).toBe(410);
  });

  it('gives in a snapshot what was revoked, and the cursor from which the stream goes on', async () => {
    const before = await revoke();
    const answer = await get('/events/revocations/snapshot');
    expect(answer.headers['content-type']).toContain('application/x-ndjson');
    const [head, ...events] = answer.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>);
    const after = await revoke();
    const reader = await readEvents(service.url, token, { lastEventId: head!.cursor });
    // What an older transaction on the server still held up at the snapshot comes in the stream instead.
    const told = () => [...events, ...reader.events].map(({ sid }) => sid);
    while (!told().includes(after)) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(told().filter((sid) => sid === before || sid === after)).toEqual([before, after]);
    reader.close();
  });

  it('sends heartbeats, and lets go a reader whose token was revoked', async () => {
    const own = await accessToken(service.url, DEMO, 'events.read');
    const { port, hostname } = new URL(service.url);
    const socket = createConnection(Number(port), hostname);
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(
      `GET /events/revocations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${own}\r\nConnection: close\r\n\r\n`,
    );
    while (!text.includes(': heartbeat')) await new Promise((resolve) => setTimeout(resolve, 20));
    await postForm(
      `${service.url}/oauth2/revoke`,
      { token: own },
      { authorization: basic(DEMO.id, DEMO.secret!) },
    );
    await closed;
  });

  it('is in the Redis stream too, under the same ids, again after it was wiped, for a consumer group', async () => {
    const family = await revoke();
    const redis = new Redis(process.env.TEST_REDIS_URL!);
    const key = `${service.environment.REDIS_KEY_PREFIX!}revocations`;
    const familyIsIn = async () => JSON.stringify(await redis.xrange(key, '-', '+')).includes(family);
    const untilThere = async () => {
      while (!(await familyIsIn())) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    await untilThere();
    const before = await redis.xrange(key, '-', '+');
    await redis.del(key);
    await untilThere();
    expect((await redis.xrange(key, '-', '+')).slice(0, before.length)).toEqual(before);
    await redis.xgroup('CREATE', key, 'group', '0');
    const read = (await redis.xreadgroup('GROUP', 'group', 'consumer', 'STREAMS', key, '>')) as [
      string,
      unknown[],
    ][];
    expect(read[0]![1].length).toBeGreaterThanOrEqual(before.length);
    redis.disconnect();
  });

  it('cuts off a reader that takes nothing in, buffers next to nothing for it, and lets it resume', async () => {
    const { cursor } = JSON.parse((await get('/events/revocations/snapshot')).text.split('\n')[0]!) as {
      cursor: string;
    };
    const slow = openStream(service.url, token, cursor);
    slow.socket.pause();
    const before = process.memoryUsage().rss;
    await service.database.pool.query(
      `INSERT INTO revocation_event (id, type, client_id, reason, initiator)
       SELECT gen_random_uuid(), 'client-tokens-revoked', 'bulk', 'admin_request', 'admin' FROM generate_series(1, 100000)`,
    );
    const server = service.app.getHttpServer();
    const connections = promisify(server.getConnections.bind(server));
    await until(async () => (await connections()) === 0);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
    slow.socket.resume();
    await until(() => slow.socket.closed);
    const first = slow.ids;
    expect(first.length).toBeLessThan(100_000);
    const again = openStream(service.url, token, first.at(-1) ?? cursor);
    await until(() => again.ids.length >= 100_000 - first.length);
    again.socket.destroy();
    const { rows } = await service.database.pool.query<{ id: string }>(
      `SELECT transaction_id || '-' || sequence AS id FROM revocation_event e WHERE client_id = 'bulk'
       ORDER BY e.transaction_id, e.sequence`,
    );
    expect([...first, ...again.ids]).toEqual(rows.map(({ id }) => id));
  }, 120_000);

  it('keeps nothing of a reader that is gone before it was let in', async () => {
    for (let index = 0; index < 20; index += 1) {
      const { socket } = openStream(service.url, token, '');
      await once(socket, 'connect');
      setTimeout(() => socket.destroy(), index);
    }
    // By then the last of them would have been let in.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const readers = service.app.get<EventReaders, unknown>(EventReaders) as {
      subscriptions: Map<unknown, unknown>;
    };
    await until(() => readers.subscriptions.size === 0);
  });
});

/** A reader by hand, and the cursors of all events that it has got whole. */
function openStream(url: string, token: string, lastEventId: string): { socket: Socket; ids: string[] } {
  const { port, hostname } = new URL(url);
  const socket = createConnection(Number(port), hostname);
  const ids: string[] = [];
  let rest = '';
  socket.on('data', (chunk) => {
    const blocks = (rest + chunk.toString()).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) ids.push(...(/^id: (.*)\nevent: /.exec(block)?.slice(1) ?? []));
  });
  socket.on('error', () => undefined);
  const head = ['GET /events/revocations HTTP/1.0', `Authorization: Bearer ${token}`];
  socket.write([...head, `Last-Event-ID: ${lastEventId}`, '', ''].join('\r\n'));
  return { socket, ids };
}
