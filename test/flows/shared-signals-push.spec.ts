import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { accessToken } from '../support/event-reader.js';
import { DEMO } from '../support/oauth.js';
import { type ServiceProcess, startService } from '../support/service-process.js';
import {
  claimsOf,
  PUSH,
  type PushReceiver,
  Receiver,
  revokeFamily,
  SESSION_REVOKED,
  sessionOf,
  SSF_ENVIRONMENT,
  startReceiver,
  untilNoneIsHeldUp,
  VERIFICATION,
  verified,
} from '../support/shared-signals.js';
import { createDatabase, type TestDatabase } from '../support/test-database.js';
import { startApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const take = (response: ServerResponse): void => {
  response.writeHead(202).end();
};

const pushTo = ({ url }: PushReceiver, authorization_header?: string) => ({
  delivery: { method: PUSH, endpoint_url: url, authorization_header },
  events_requested: [SESSION_REVOKED],
});

const sessions = ({ taken }: PushReceiver) => taken.map(sessionOf);

describe('push delivery', () => {
  let service: TestApp;
  let receiver: Receiver;
  const receivers: PushReceiver[] = [];
  const streams: string[] = [];
  beforeAll(async () => {
    service = await startApp({ ...SSF_ENVIRONMENT, SSF_PUSH_TIMEOUT_MS: '500', SSF_MAX_STREAMS: '100' });
    receiver = new Receiver(service.url, await accessToken(service.url, DEMO, 'ssf.manage'));
  });
  afterAll(() => service.stop());
  beforeEach(() => untilNoneIsHeldUp(service.database.pool));
  afterEach(async () => {
    for (const stream of streams.splice(0)) await receiver.call('DELETE', `/ssf/streams?stream_id=${stream}`);
    await Promise.all(receivers.splice(0).map((one) => one.stop()));
  });

  const start = async (answer?: Parameters<typeof startReceiver>[0]): Promise<PushReceiver> => {
    const one = await startReceiver(answer);
    receivers.push(one);
    return one;
  };
  const createStream = async (settings: Record<string, unknown>): Promise<string> => {
    const id = await receiver.createStream(settings);
    streams.push(id);
    return id;
  };
  const revoke = async (count: number): Promise<string[]> => {
    const families: string[] = [];
    for (let index = 0; index < count; index += 1) families.push(await revokeFamily(service.url));
    return families;
  };

  it("posts each event once, in order, with the receiver's authorization header (F2)", async () => {
    const endpoint = await start();
    await createStream(pushTo(endpoint, 'Bearer receivers-secret'));
    const families = await revoke(5);
    await endpoint.has(5);
    expect(sessions(endpoint)).toEqual(families);
    for (const { headers, body } of endpoint.requests) {
      expect(headers).toMatchObject({
        'content-type': 'application/secevent+jwt',
        authorization: 'Bearer receivers-secret',
      });
      await verified(service.url, body, DEMO.id);
    }
  });

  it('delays nobody for a receiver that hangs, fails, answers nonsense, redirects or floods', async () => {
    const redirected = await start();
    const failing: ((response: ServerResponse) => void)[] = [
      () => undefined,
      (response) => void response.writeHead(500).end(),
      (response) => void response.writeHead(400).end('<html>'),
      (response) => void response.socket!.end('nonsense'),
      (response) => void response.writeHead(307, { location: redirected.url }).end(),
      (response) => void response.writeHead(202).end(Buffer.alloc(1_000_000)),
    ];
    // Each of them mends itself in the end.
    let isMended = false;
    const broken = await Promise.all(
      failing.map((fail) =>
        start((response) => {
          (isMended ? take : fail)(response);
        }),
      ),
    );
    const sound = await start();
    for (const one of [...broken, sound]) await createStream(pushTo(one));
    const families = await revoke(3);
    await sound.has(3);
    expect(sessions(sound)).toEqual(families);
    await until(() => broken.every(({ requests }) => requests.length >= 3));
    // Of the same event: what was not taken comes again before any other.
    for (const { requests } of broken)
      expect(new Set(requests.map(({ body }) => claimsOf(body).jti)).size).toBe(1);
    isMended = true;
    for (const one of broken) {
      await until(() => new Set(sessions(one)).size === families.length);
      // A flood is a 202 to whoever looks at the status alone.
      expect(sessions(one).slice(-3)).toEqual(families);
    }
    expect(redirected.requests).toEqual([]);
  }, 120_000);

  it('records an event that the receiver refuses with 400, and goes on with the next (F2)', async () => {
    const endpoint = await start((response, attempt) => {
      if (attempt === 1) response.writeHead(400).end('{"err":"invalid_audience","description":"not for me"}');
      else take(response);
    });
    const stream = await createStream(pushTo(endpoint));
    const families = await revoke(2);
    await endpoint.has(1);
    expect(sessions(endpoint)).toEqual([families[1]]);
    expect(endpoint.requests).toHaveLength(2);
    const { rows } = await service.database.pool.query(
      'SELECT error, description FROM ssf_rejection WHERE stream_id = $1',
      [stream],
    );
    expect(rows).toEqual([{ error: 'invalid_audience', description: 'not for me' }]);
  });

  it('goes on at once where the receiver has moved to', async () => {
    const old = await start((response) => void response.writeHead(503).end());
    const stream_id = await createStream(pushTo(old, 'Bearer receivers-secret'));
    const families = await revoke(1);
    while (old.requests.length < 3) await delay(20);
    const moved = await start();
    await receiver.call('PATCH', '/ssf/streams', { stream_id, delivery: pushTo(moved).delivery });
    await moved.has(1);
    expect(sessions(moved)).toEqual(families);
    // It was given for the other endpoint.
    expect(moved.requests[0]!.headers).not.toHaveProperty('authorization');
  });

  it('holds events while the stream is paused, and pushes them once it is enabled (F5)', async () => {
    const endpoint = await start();
    const stream = await createStream(pushTo(endpoint));
    const before = await revoke(1);
    await endpoint.has(1);
    await receiver.setStatus(stream, 'paused');
    const held = await revoke(3);
    await untilNoneIsHeldUp(service.database.pool);
    await delay(300);
    expect(sessions(endpoint)).toEqual(before);
    await receiver.setStatus(stream, 'enabled');
    await endpoint.has(4);
    expect(sessions(endpoint)).toEqual([...before, ...held]);
  });

  it('pushes the verification that was asked for (F5)', async () => {
    const endpoint = await start();
    const stream_id = await createStream(pushTo(endpoint));
    await receiver.call('POST', '/ssf/verification', { stream_id, state: 'a\r\nb' });
    await endpoint.has(1);
    expect(endpoint.taken[0]).toMatchObject({
      sub_id: { format: 'opaque', id: stream_id },
      events: { [VERIFICATION]: { state: 'a\r\nb' } },
    });
  });
});

describe('push delivery by replicas', () => {
  const environment = {
    ...SSF_ENVIRONMENT,
    REGRANT_KEYS: `1:${Buffer.alloc(32, 7).toString('base64url')}`,
    ISSUER: 'http://127.0.0.1:9',
    LOG_LEVEL: 'trace',
  };
  const services: ServiceProcess[] = [];
  let database: TestDatabase;
  let endpoint: PushReceiver;
  const start = async (): Promise<ServiceProcess> => {
    const service = await startService(database.url, environment);
    services.push(service);
    return service;
  };
  beforeAll(async () => {
    database = await createDatabase();
    endpoint = await startReceiver((response, attempt) => {
      if (attempt % 3 === 1) response.writeHead(503).end();
      else take(response);
    });
  });
  afterAll(async () => {
    await Promise.all([endpoint, ...services].map((one) => one.stop()));
    await database.drop();
  });

  it('goes on within seconds when the replica that pushes is killed, and misses nothing', async () => {
    const [first, second] = [await start(), await start()];
    const receiver = new Receiver(second.url, await accessToken(second.url, DEMO, 'ssf.manage'));
    await receiver.createStream(pushTo(endpoint, 'Bearer receivers-secret'));
    const families = [await revokeFamily(second.url)];
    await endpoint.has(1);
    await first.stop('SIGKILL');
    families.push(await revokeFamily(second.url));
    await endpoint.has(2);
    const third = await start();
    // One of the two that were killed had pushed.
    await second.stop('SIGKILL');
    for (let index = 0; index < 3; index += 1) families.push(await revokeFamily(third.url));
    await endpoint.has(5);
    const told = [...new Map(endpoint.taken.map((claims) => [claims.jti, claims])).values()];
    expect(told.map(sessionOf)).toEqual(families);
  }, 120_000);

  it("writes neither a SET nor the receiver's secret to the log, at any level (L6)", () => {
    const log = services.map((service) => service.output()).join('\n');
    expect(log).toContain('an event could not be pushed');
    expect(log).not.toContain('receivers-secret');
    expect(log).not.toMatch(/eyJ[\w-]{20}/);
  });
});
