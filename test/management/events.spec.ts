import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OutboxRepository } from '../../src/events/outbox.repository.js';
import { Database } from '../../src/database/database.js';
import { accessToken } from '../support/event-reader.js';
import { type Answer } from '../support/http.js';
import { type ManagementClient, startManaged } from '../support/management.js';
import { DEMO } from '../support/oauth.js';
import {
  PUSH,
  Receiver,
  revokeFamily,
  SESSION_REVOKED,
  sessionOf,
  SSF_ENVIRONMENT,
  startReceiver,
} from '../support/shared-signals.js';
import { type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

interface Item {
  readonly [member: string]: unknown;
}

let service: TestApp & { readonly admin: ManagementClient };
let admin: ManagementClient;
let receiver: Receiver;
beforeAll(async () => {
  service = await startManaged({ ...SSF_ENVIRONMENT, SSF_PUSH_TIMEOUT_MS: '500' });
  ({ admin } = service);
  receiver = new Receiver(service.url, await accessToken(service.url, DEMO, 'ssf.manage'));
});
afterAll(() => service.stop());

const items = ({ body }: Answer): Item[] => body.items as Item[];
const streamOf = async (id: string): Promise<Item | undefined> =>
  items(await admin.get('/events/streams')).find(({ stream_id }) => stream_id === id);
const LONG_AGO = '2020-01-01T00:00:00Z';

describe('GET /admin/v1/events', () => {
  it('shows revocations, newest first, and finds them', async () => {
    const sessions = [await revokeFamily(service.url), await revokeFamily(service.url)];
    const all = await admin.get('/events?type=token-family-revoked');
    expect(
      items(all)
        .slice(0, 2)
        .map(({ sid }) => sid),
    ).toEqual([...sessions].reverse());
    const [event] = items(await admin.get(`/events?sid=${sessions[0]}`));
    expect(event).toMatchObject({ client_id: 'demo', reason: 'client_request', initiating_entity: 'user' });
    expect(items(await admin.get(`/events?sub=${String(event!.sub)}&client_id=demo`)).length).toBeGreaterThan(
      1,
    );
    expect(items(await admin.get('/events?before=2020-01-01T00:00:00Z'))).toEqual([]);
    expect(items(await admin.get('/events?client_id=nobody'))).toEqual([]);
  });

  it('goes on from page to page, each event once', async () => {
    for (let count = 0; count < 5; count += 1) await revokeFamily(service.url);
    const seen: unknown[] = [];
    let cursor = '';
    for (;;) {
      const { body } = await admin.get(`/events?limit=2${cursor}`);
      seen.push(...(body.items as Item[]).map(({ id }) => id));
      if (body.next_cursor === undefined) break;
      cursor = `&cursor=${body.next_cursor as string}`;
    }
    const { rows } = await service.database.pool.query(
      'SELECT id FROM revocation_event ORDER BY sequence DESC',
    );
    expect(seen).toEqual(rows.map(({ id }: { id: string }) => id));
  });

  it('goes on over many events that are not wanted', async () => {
    await service.database.pool.query(
      `INSERT INTO revocation_event (id, type, client_id, reason, initiator)
       SELECT gen_random_uuid(), 'client-tokens-revoked', 'noise', 'admin_request', 'admin' FROM generate_series(1, 20050)`,
    );
    const wanted: Item[] = [];
    let path = '/events?type=token-family-revoked&limit=1000';
    for (let pages = 1; ; pages += 1) {
      const { body } = await admin.get(path);
      wanted.push(...(body.items as Item[]));
      if (body.next_cursor === undefined) {
        expect(pages).toBeGreaterThan(2);
        break;
      }
      path = `/events?type=token-family-revoked&limit=1000&cursor=${body.next_cursor as string}`;
    }
    const { rows } = await service.database.pool.query(
      `SELECT count(*)::int AS count FROM revocation_event WHERE type = 'token-family-revoked'`,
    );
    expect(wanted).toHaveLength((rows[0] as { count: number }).count);
  });

  it.each(['sid=x', 'after=now', 'cursor=eA', 'limit=0', 'unknown=1'])('refuses ?%s', async (query) => {
    expect((await admin.get(`/events?${query}`)).status).toBe(422);
  });
});

describe('GET /admin/v1/events/sinks', () => {
  it('shows that the Redis stream comes to have everything', async () => {
    await revokeFamily(service.url);
    await until(async () => {
      const [redis] = items(await admin.get('/events/sinks'));
      return redis?.state === 'delivering' && redis.events_behind === 0;
    });
    const [redis, sse] = items(await admin.get('/events/sinks'));
    expect(redis).toMatchObject({
      name: 'redis_stream',
      seconds_behind: 0,
      cursor: expect.stringMatching(/^\d+-\d+$/),
    });
    expect(sse).toEqual({ name: 'server_sent_events', state: 'delivering', readers: 0 });
  });
});

describe('streams of other parties', () => {
  it('are listed with how far they are and why they are not further', async () => {
    const failing = await startReceiver((response) => response.writeHead(500).end());
    const delivery = { method: PUSH, endpoint_url: failing.url };
    const id = await receiver.createStream({ delivery, events_requested: [SESSION_REVOKED] });
    await revokeFamily(service.url);
    await until(async () => Number((await streamOf(id))?.failures) > 0);
    expect(await streamOf(id)).toMatchObject({
      client_id: 'demo',
      delivery: 'push',
      status: 'enabled',
      last_failure: 'answered 500',
      rejections: 0,
    });
    expect(Number((await streamOf(id))!.events_behind)).toBeGreaterThan(0);
    await failing.stop();
    await receiver.call('DELETE', `/ssf/streams?stream_id=${id}`);
  });

  it('show what their receivers could not take', async () => {
    const id = await receiver.createStream({ events_requested: [SESSION_REVOKED] });
    await revokeFamily(service.url);
    let jti = '';
    await until(async () => {
      [jti = ''] = Object.keys((await receiver.poll(id)).body.sets as object);
      return jti !== '';
    });
    await receiver.poll(id, {
      setErrs: { [jti]: { err: 'invalid_key', description: 'no such key' } },
      returnImmediately: true,
    });
    expect(items(await admin.get(`/events/streams/${id}/rejections`))).toMatchObject([
      { jti, error: 'invalid_key', description: 'no such key' },
    ]);
    await receiver.call('DELETE', `/ssf/streams?stream_id=${id}`);
  });

  it('deliver again what was delivered, with an audit entry', async () => {
    const taking = await startReceiver((response) => response.writeHead(202).end());
    const delivery = { method: PUSH, endpoint_url: taking.url };
    const id = await receiver.createStream({ delivery, events_requested: [SESSION_REVOKED] });
    const since = new Date(Date.now() - 1_000).toISOString();
    const session = await revokeFamily(service.url);
    const times = () => taking.taken.map(sessionOf).filter((sid) => sid === session).length;
    await until(() => times() === 1);
    const answer = await admin.post(`/events/streams/${id}/redeliver`, { since, reason: 'lost' });
    expect(answer.status).toBe(200);
    expect(Number(answer.body.events)).toBeGreaterThan(0);
    await until(() => times() === 2);
    const ids = taking.taken.filter((set) => sessionOf(set) === session).map((set) => set.jti);
    expect(new Set(ids).size).toBe(1);
    const [entry] = items(await admin.get(`/audit?target=${id}`));
    expect(entry).toMatchObject({ action: 'event_stream.redelivered', reason: 'lost' });
    await taking.stop();
    await receiver.call('DELETE', `/ssf/streams?stream_id=${id}`);
  });

  it('can’t deliver what the outbox has forgotten: 409, nor when they are not there: 404', async () => {
    const id = await receiver.createStream();
    const nowhere = '0198d3a4-77a2-7b61-9a51-0c1f6a5b7e21';
    const since = LONG_AGO;
    expect((await admin.post(`/events/streams/${nowhere}/redeliver`, { since })).status).toBe(404);
    expect((await admin.post(`/events/streams/x/redeliver`, { since })).status).toBe(404);
    expect((await admin.post(`/events/streams/${id}/redeliver`, { since: 'then' })).status).toBe(422);
    expect((await admin.post(`/events/streams/${id}/redeliver`, {})).status).toBe(422);
    await service.database.pool.query(
      `UPDATE revocation_event SET occurred_at = occurred_at - interval '30 days'`,
    );
    await service.app
      .get(Database)
      .transaction((transaction) =>
        service.app.get(OutboxRepository).deleteOlderThan(transaction, 86_400, 1_000),
      );
    expect((await admin.post(`/events/streams/${id}/redeliver`, { since })).status).toBe(409);
  });

  it('of a consumer group in Redis read again', async () => {
    expect(
      (
        await admin.post('/events/sinks/redis_stream/redeliver', {
          group: 'nobody',
          since: new Date().toISOString(),
        })
      ).status,
    ).toBe(404);
  });
});

describe('GET /admin/v1/config', () => {
  it('shows every setting and where it is from, and no secret', async () => {
    const answer = await admin.get('/config');
    const settings = new Map(items(answer).map((item) => [item.name, item]));
    expect(settings.get('HTTP_PORT')).toMatchObject({ source: 'environment', is_secret: false });
    expect(settings.get('ACCESS_TOKEN_LIFETIME')).toMatchObject({ source: 'default', value: 3_600 });
    for (const name of ['REGRANT_KEYS', 'DATABASE_URL', 'REDIS_URL', 'ADMIN_CLIENT_SECRET']) {
      expect(settings.get(name)).toEqual({
        name,
        description: expect.any(String),
        source: 'environment',
        is_secret: true,
      });
      expect(answer.text).not.toContain(service.environment[name]!);
    }
  });
});
