import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { accessToken } from '../support/event-reader.js';
import { type Answer, send } from '../support/http.js';
import { DEMO } from '../support/oauth.js';
import {
  POLL,
  PUSH,
  Receiver,
  SESSION_REVOKED,
  SSF_ENVIRONMENT,
  TOKENS_REVOKED,
} from '../support/shared-signals.js';
import { CLIENT_SECRET, registerClient, startApp, type TestApp } from '../support/test-app.js';

const OTHER = { id: 'other-receiver', secret: CLIENT_SECRET };
const UNKNOWN = randomUUID();

/** Calls of the stream management API that name a stream, by what a stranger gets: 404. */
const CALLS: [name: string, call: (receiver: Receiver, stream: string) => Promise<Answer>][] = [
  [
    'GET configuration',
    (receiver, id) => receiver.call('GET', `/ssf/streams?stream_id=${encodeURIComponent(id)}`),
  ],
  ['PATCH configuration', (receiver, stream_id) => receiver.call('PATCH', '/ssf/streams', { stream_id })],
  ['PUT configuration', (receiver, stream_id) => receiver.call('PUT', '/ssf/streams', { stream_id })],
  [
    'DELETE configuration',
    (receiver, id) => receiver.call('DELETE', `/ssf/streams?stream_id=${encodeURIComponent(id)}`),
  ],
  ['GET status', (receiver, id) => receiver.call('GET', `/ssf/status?stream_id=${encodeURIComponent(id)}`)],
  [
    'POST status',
    (receiver, stream_id) => receiver.call('POST', '/ssf/status', { stream_id, status: 'paused' }),
  ],
  [
    'POST add subject',
    (receiver, stream_id) =>
      receiver.call('POST', '/ssf/subjects/add', { stream_id, subject: subject(receiver) }),
  ],
  [
    'POST remove subject',
    (receiver, stream_id) =>
      receiver.call('POST', '/ssf/subjects/remove', { stream_id, subject: subject(receiver) }),
  ],
  ['POST verification', (receiver, stream_id) => receiver.call('POST', '/ssf/verification', { stream_id })],
  ['POST poll', (receiver, id) => receiver.poll(encodeURIComponent(id))],
];

const READS = ['GET configuration', 'GET status', 'POST poll'];

function subject({ url }: Receiver): object {
  return { format: 'iss_sub', iss: url, sub: 'somebody' };
}

describe('stream management API', () => {
  let service: TestApp;
  let receiver: Receiver;
  let reader: Receiver;
  let stranger: Receiver;
  beforeAll(async () => {
    service = await startApp({ ...SSF_ENVIRONMENT, SSF_MAX_STREAMS: '1000' });
    await registerClient(service, { id: OTHER.id, scopes: ['ssf.manage'], defaultScopes: [] });
    receiver = new Receiver(service.url, await accessToken(service.url, DEMO, 'ssf.manage'));
    reader = new Receiver(service.url, await accessToken(service.url, DEMO, 'ssf.read'));
    stranger = new Receiver(service.url, await accessToken(service.url, OTHER, 'ssf.manage'));
  });
  afterAll(() => service.stop());

  describe.each(CALLS)('%s', (name, call) => {
    it('succeeds for the receiver of the stream (F5)', async () => {
      const { status, headers } = await call(receiver, await receiver.createStream());
      expect(status).toBe(/DELETE|remove|verification/.test(name) ? 204 : 200);
      expect(headers['cache-control']).toBe('no-store');
    });

    it.each(['', UNKNOWN, 'no-uuid', "' OR 1=1 --", '../streams', '%00', 'ü\r\nx: y'])(
      'is 404, or 400 where it is no id at all, for the stream %j (F5)',
      async (id) => {
        const { status } = await call(receiver, id);

        const missing = id === '' && !/^GET|^DELETE|poll/.test(name);
        expect(status).toBe(missing ? 400 : 404);
      },
    );

    it('is 404 for the stream of another client, which stays as it is (F5)', async () => {
      const stream = await receiver.createStream();
      const before = await receiver.call('GET', `/ssf/streams?stream_id=${stream}`);
      expect((await call(stranger, stream)).status).toBe(404);
      expect((await receiver.call('GET', `/ssf/streams?stream_id=${stream}`)).body).toEqual(before.body);
      expect((await receiver.call('GET', `/ssf/status?stream_id=${stream}`)).body.status).toBe('enabled');
    });

    it(`is ${READS.includes(name) ? 'open to' : '403 for'} who may only read (F6)`, async () => {
      const { status, headers } = await call(reader, await receiver.createStream());
      expect(status).toBe(READS.includes(name) ? 200 : 403);
      if (status === 403) expect(headers['www-authenticate']).toContain('scope="ssf.manage"');
    });

    it('is 401 without a token, with a dead one, and 403 with one of another scope (F5)', async () => {
      const stream = await receiver.createStream();
      for (const token of ['', 'x', 'a b']) {
        const { status, headers } = await call(new Receiver(service.url, token), stream);
        expect(status).toBe(401);
        expect(headers['www-authenticate']).toMatch(/^Bearer /);
      }
      const token = await accessToken(service.url, DEMO, 'events.read');
      expect((await call(new Receiver(service.url, token), stream)).status).toBe(403);
    });
  });

  describe('POST configuration', () => {
    it('makes a polled stream of nothing but defaults: 201 (F5, F6)', async () => {
      const { status, body } = await receiver.call('POST', '/ssf/streams', {});
      expect(status).toBe(201);
      expect(body).toEqual({
        stream_id: expect.stringMatching(/^[\w-]{36}$/),
        iss: service.url,
        aud: DEMO.id,
        events_supported: expect.arrayContaining([SESSION_REVOKED, TOKENS_REVOKED]),
        events_delivered: body.events_supported,
        delivery: { method: POLL, endpoint_url: `${service.url}/ssf/poll/${String(body.stream_id)}` },
        min_verification_interval: 10,
      });
    });

    it('delivers of what is requested what is supported, and never shows the authorization header', async () => {
      const delivery = { method: PUSH, endpoint_url: 'https://receiver.example/events?a=b' };
      const { status, body, text } = await receiver.call('POST', '/ssf/streams', {
        delivery: { ...delivery, authorization_header: 'Bearer receivers-secret' },
        events_requested: [SESSION_REVOKED, 'urn:example:unknown'],
        description: 'For "A" & <B>',
        unknown_member: { ignored: true },
      });
      expect(status).toBe(201);
      expect(body).toMatchObject({
        delivery,
        events_requested: [SESSION_REVOKED, 'urn:example:unknown'],
        events_delivered: [SESSION_REVOKED],
        description: 'For "A" & <B>',
      });
      expect(body.delivery).toEqual(delivery);
      expect(text).not.toContain('receivers-secret');
      const { rows } = await service.database.pool.query<{ row: string }>(
        'SELECT s::text AS row FROM ssf_stream s WHERE id = $1',
        [body.stream_id],
      );
      expect(rows[0]!.row).not.toContain('receivers-secret');
      expect(rows[0]!.row).not.toContain(Buffer.from('receivers-secret').toString('hex'));
    });

    it.each<[string, object]>([
      ['a delivery that is no object', { delivery: 'push' }],
      ['a delivery of null', { delivery: null }],
      ['a delivery without a method', { delivery: {} }],
      ['an unknown method', { delivery: { method: 'urn:ietf:rfc:9999' } }],
      ['push without an endpoint', { delivery: { method: PUSH } }],
      ['an endpoint that is no string', { delivery: { method: PUSH, endpoint_url: ['https://a.example'] } }],
      [
        'an authorization header with a line break',
        { delivery: { method: PUSH, endpoint_url: 'https://a.example', authorization_header: 'a\r\nx: y' } },
      ],
      [
        'an authorization header that is no Latin-1',
        { delivery: { method: PUSH, endpoint_url: 'https://a.example', authorization_header: 'a\u2028' } },
      ],
      ['events_requested that is no array', { events_requested: SESSION_REVOKED }],
      ['events_requested of other than strings', { events_requested: [1] }],
      ['too many events_requested', { events_requested: Array.from({ length: 1001 }, () => 'a') }],
      ['a description that is no string', { description: 7 }],
      ['a description with NUL', { description: 'a\0b' }],
      ['a description with half a surrogate pair', { description: '\ud800' }],
      ['a description that is too long', { description: 'a'.repeat(501) }],
    ])('is 400 for %s', async (_what, body) => {
      const { status, body: answer } = await receiver.call('POST', '/ssf/streams', body);
      expect([status, answer.error]).toEqual([400, 'invalid_request']);
    });

    it.each([
      ['http where TLS is demanded', 'ftp://receiver.example/'],
      ['no URL', 'receiver.example'],
      ['a file', 'file:///etc/passwd'],
      ['credentials', 'https://user:pass@receiver.example/'],
      ['a fragment', 'https://receiver.example/#x'],
      ['loopback other than what is allowed', 'https://127.0.0.2/'],
      ['loopback as one number', 'https://2130706434/'],
      ['loopback in hexadecimal', 'https://0x7f.0.0.2/'],
      ['loopback IPv6', 'https://[::1]/'],
      ['this host', 'https://0.0.0.0/'],
      ['a private network', 'https://10.1.2.3/'],
      ['another', 'https://172.31.0.1/'],
      ['and another', 'https://192.168.1.1/'],
      ['a shared network', 'https://100.64.0.1/'],
      ['the metadata service', 'https://169.254.169.254/latest/meta-data'],
      ['link-local IPv6', 'https://[fe80::1]/'],
      ['unique-local IPv6', 'https://[fd00:ec2::254]/'],
      ['loopback mapped into IPv6', 'https://[::ffff:127.0.0.2]/'],
      ['a private address in 6to4', 'https://[2002:a00:1::]/'],
      ['a private address in NAT64', 'https://[64:ff9b::a00:1]/'],
      ['multicast', 'https://224.0.0.1/'],
      ['multicast IPv6', 'https://[ff02::1]/'],
      ['broadcast', 'https://255.255.255.255/'],
    ])('is 400 for an endpoint that is %s', async (_what, endpoint_url) => {
      const { status, text } = await receiver.call('POST', '/ssf/streams', {
        delivery: { method: PUSH, endpoint_url },
      });
      expect([status, text]).toEqual([400, expect.stringContaining('endpoint_url')]);
    });

    it.each([
      'https://receiver.example/',
      'https://8.8.8.8/x',
      'https://[2606:4700::1111]/',
      'http://127.0.0.1:9/',
    ])('takes the public or allowed endpoint %s', async (endpoint_url) => {
      const answer = await receiver.call('POST', '/ssf/streams', {
        delivery: { method: PUSH, endpoint_url },
      });
      expect([answer.status, answer.body.delivery]).toEqual([201, { method: PUSH, endpoint_url }]);
      await receiver.call('DELETE', `/ssf/streams?stream_id=${String(answer.body.stream_id)}`);
    });

    it('is 409 for one stream more than a client may have, others notwithstanding (F5)', async () => {
      const small = await startApp({ ...SSF_ENVIRONMENT, SSF_MAX_STREAMS: '2' });
      try {
        const own = new Receiver(small.url, await accessToken(small.url, DEMO, 'ssf.manage'));
        const answers = await Promise.all(
          Array.from({ length: 5 }, () => own.call('POST', '/ssf/streams', {})),
        );
        expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 409, 409, 409]);
        await own.call(
          'DELETE',
          `/ssf/streams?stream_id=${answers.find((one) => one.status === 201)!.body.stream_id as string}`,
        );
        await own.createStream();
      } finally {
        await small.stop();
      }
    });
  });

  describe('GET configuration', () => {
    it("lists the receiver's streams and nobody else's (F5)", async () => {
      const own = await stranger.createStream({ description: 'own' });
      await receiver.createStream();
      const list = JSON.parse((await stranger.call('GET', '/ssf/streams')).text) as Record<string, string>[];
      expect(list.map(({ stream_id, description }) => [stream_id, description])).toEqual([[own, 'own']]);
      await stranger.call('DELETE', `/ssf/streams?stream_id=${own}`);
      expect((await stranger.call('GET', '/ssf/streams')).text).toBe('[]');
    });

    it('is 400 for a repeated stream_id', async () => {
      const { status } = await receiver.call('GET', `/ssf/streams?stream_id=${UNKNOWN}&stream_id=${UNKNOWN}`);
      expect(status).toBe(400);
    });
  });

  describe('PATCH and PUT configuration', () => {
    const SETTINGS = {
      delivery: { method: PUSH, endpoint_url: 'https://receiver.example/one' },
      events_requested: [SESSION_REVOKED],
      description: 'one',
    };

    it('PATCH changes what is named and leaves the rest (F5)', async () => {
      const stream_id = await receiver.createStream(SETTINGS);
      const { status, body } = await receiver.call('PATCH', '/ssf/streams', {
        stream_id,
        description: 'two',
      });
      expect(status).toBe(200);
      expect(body).toMatchObject({ stream_id, ...SETTINGS, description: 'two' });
      expect((await receiver.call('GET', `/ssf/streams?stream_id=${stream_id}`)).body).toEqual(body);
    });

    it('PUT clears what is left out: a polled stream of all events (F5)', async () => {
      const stream_id = await receiver.createStream(SETTINGS);
      const { status, body } = await receiver.call('PUT', '/ssf/streams', { stream_id });
      expect(status).toBe(200);
      expect(body).toMatchObject({
        stream_id,
        delivery: { method: POLL },
        events_delivered: body.events_supported,
      });
      expect(body).not.toHaveProperty('description');
      expect(body).not.toHaveProperty('events_requested');
    });

    it.each(['PATCH', 'PUT'])(
      '%s takes back all that GET has given, and changes nothing (F5)',
      async (method) => {
        for (const settings of [{}, SETTINGS]) {
          const stream = await receiver.createStream(settings);
          const { body } = await receiver.call('GET', `/ssf/streams?stream_id=${stream}`);
          const answer = await receiver.call(method, '/ssf/streams', body);
          expect([answer.status, answer.body]).toEqual([200, body]);
        }
      },
    );

    it.each(['PATCH', 'PUT'])(
      '%s is 400 where a value of the transmitter differs, and changes nothing (F5)',
      async (method) => {
        const stream_id = await receiver.createStream({ description: 'before' });
        for (const wrong of [
          { iss: 'https://other.example' },
          { aud: 'other' },
          { aud: [DEMO.id] },
          { events_supported: [] },
          { events_delivered: [SESSION_REVOKED] },
          { min_verification_interval: 0 },
          { inactivity_timeout: 5 },
          { delivery: { method: POLL, endpoint_url: 'https://other.example/poll' } },
        ]) {
          const answer = await receiver.call(method, '/ssf/streams', {
            stream_id,
            description: 'after',
            ...wrong,
          });
          expect([wrong, answer.status]).toEqual([wrong, 400]);
        }
        expect((await receiver.call('GET', `/ssf/streams?stream_id=${stream_id}`)).body.description).toBe(
          'before',
        );
      },
    );

    it('loses no change when two change different members at once', async () => {
      const stream_id = await receiver.createStream({ description: 'before' });
      await Promise.all([
        receiver.call('PATCH', '/ssf/streams', { stream_id, description: 'after' }),
        receiver.call('PATCH', '/ssf/streams', { stream_id, events_requested: [TOKENS_REVOKED] }),
      ]);
      const { body } = await receiver.call('GET', `/ssf/streams?stream_id=${stream_id}`);
      expect(body).toMatchObject({ description: 'after', events_requested: [TOKENS_REVOKED] });
    });
  });

  describe('status', () => {
    it.each(['enabled', 'paused', 'disabled'])('can be set to %s, with a reason (F5)', async (status) => {
      const stream_id = await receiver.createStream();
      const document = { stream_id, status, reason: 'maintenance' };
      const answer = await receiver.call('POST', '/ssf/status', document);
      expect([answer.status, answer.body]).toEqual([200, document]);
      expect((await receiver.call('GET', `/ssf/status?stream_id=${stream_id}`)).body).toEqual(document);
    });

    it.each([undefined, '', 'ENABLED', 'deleted', 7, null, ['paused']])(
      'is 400 for the status %j',
      async (status) => {
        const stream_id = await receiver.createStream();
        expect((await receiver.call('POST', '/ssf/status', { stream_id, status })).status).toBe(400);
      },
    );
  });

  describe('subjects', () => {
    it.each<[string, unknown]>([
      ['no subject', undefined],
      ['no object', 'john'],
      ['no format', { iss: 'x', sub: 'y' }],
      ['an unknown format', { format: 'email', email: 'john@example.com' }],
      ['iss_sub without sub', { format: 'iss_sub', iss: 'ISSUER' }],
      ['iss_sub with a number', { format: 'iss_sub', iss: 'ISSUER', sub: 7 }],
      ['opaque without id', { format: 'opaque' }],
      ['an id with NUL', { format: 'opaque', id: 'a\0' }],
      ['an id that is too long', { format: 'opaque', id: 'a'.repeat(256) }],
      ['jwt_id without jti', { format: 'jwt_id', iss: 'ISSUER' }],
      ['complex with no member', { format: 'complex' }],
      ['complex with a device', { format: 'complex', device: { format: 'opaque', id: 'd' } }],
      ['complex with a user by e-mail', { format: 'complex', user: { format: 'email', email: 'a@b' } }],
      ['complex with a session that is no object', { format: 'complex', session: 's' }],
    ])('is 400 for %s, to add and to remove (F5)', async (_what, value) => {
      const stream_id = await receiver.createStream();
      const text = JSON.stringify({ stream_id, subject: value }).replace('ISSUER', service.url);
      for (const path of ['add', 'remove']) {
        const { status } = await receiver.call('POST', `/ssf/subjects/${path}`, JSON.parse(text));
        expect([path, status]).toEqual([path, 400]);
      }
    });

    it("is 404 for another issuer's subject, and silent about who has no account (F5)", async () => {
      const stream_id = await receiver.createStream();
      const add = (iss: string) =>
        receiver.call('POST', '/ssf/subjects/add', {
          stream_id,
          subject: { format: 'iss_sub', iss, sub: 'nobody' },
        });
      expect((await add('https://other.example')).status).toBe(404);
      const { status, text } = await add(service.url);
      expect([status, text]).toEqual([200, '']);
    });
  });

  describe('verification', () => {
    it('is 429 with Retry-After for a second within min_verification_interval (F5)', async () => {
      const stream_id = await receiver.createStream();
      const ask = () => receiver.call('POST', '/ssf/verification', { stream_id, state: 'x' });
      const answers = await Promise.all([ask(), ask(), ask()]);
      expect(answers.map(({ status }) => status).sort()).toEqual([204, 429, 429]);
      expect(answers.find(({ status }) => status === 429)!.headers['retry-after']).toBe('10');
    });

    it('is 400 for a state that is no string, and for a stream that is disabled', async () => {
      const stream_id = await receiver.createStream();
      expect((await receiver.call('POST', '/ssf/verification', { stream_id, state: {} })).status).toBe(400);
      await receiver.setStatus(stream_id, 'disabled');
      expect((await receiver.call('POST', '/ssf/verification', { stream_id })).status).toBe(400);
    });
  });

  describe('poll', () => {
    it.each<[string, unknown]>([
      ['an array', []],
      ['a negative maxEvents', { maxEvents: -1 }],
      ['a fraction', { maxEvents: 0.5 }],
      ['a string for a number', { maxEvents: '1' }],
      ['a string for true', { returnImmediately: 'true' }],
      ['acknowledgements that are no array', { ack: 'jti' }],
      ['acknowledgements of other than strings', { ack: [{}] }],
      ['errors that are no object', { setErrs: [] }],
      ['an error that is no object', { setErrs: { jti: 'err' } }],
      ['an error without err', { setErrs: { jti: { description: 'x' } } }],
      ['a description that is no string', { setErrs: { jti: { err: 'x', description: 7 } } }],
    ])('is 400 for %s', async (_what, body) => {
      expect((await receiver.call('POST', `/ssf/poll/${await receiver.createStream()}`, body)).status).toBe(
        400,
      );
    });

    it('is 400 for a stream that is pushed', async () => {
      const delivery = { method: PUSH, endpoint_url: 'https://receiver.example/' };
      expect((await receiver.poll(await receiver.createStream({ delivery }))).status).toBe(400);
    });
  });

  describe('hostile bodies', () => {
    const PATHS: [method: string, path: string][] = [
      ['POST', '/ssf/streams'],
      ['PATCH', '/ssf/streams'],
      ['PUT', '/ssf/streams'],
      ['POST', '/ssf/status'],
      ['POST', '/ssf/subjects/add'],
      ['POST', '/ssf/subjects/remove'],
      ['POST', '/ssf/verification'],
      ['POST', `/ssf/poll/${UNKNOWN}`],
    ];
    const json = { 'content-type': 'application/json' };
    const BODIES: [
      what: string,
      body: string | Buffer | undefined,
      headers: Record<string, string>,
      status: number,
    ][] = [
      ['nothing', undefined, {}, 400],
      ['an empty body', '', json, 400],
      ['a form', 'stream_id=x', { 'content-type': 'application/x-www-form-urlencoded' }, 400],
      ['JSON of another type', '{}', { 'content-type': 'text/plain' }, 400],
      ['malformed JSON', '{"stream_id":', json, 400],
      ['an array', '[]', json, 400],
      ['null', 'null', json, 400],
      ['a string', '"x"', json, 400],
      ['a prototype', '{"__proto__":{"stream_id":"x"}}', json, 400],
      [
        'what is no UTF-8',
        Buffer.from('{"stream_id":"\xff","description":"\xff","ack":["\xff"]}', 'latin1'),
        json,
        400,
      ],
      ['65 KiB', `{"stream_id":"${'a'.repeat(66_000)}"}`, json, 413],
    ];

    it.each(
      PATHS.flatMap(([method, path]) =>
        BODIES.map(([what, body, headers, status]) => ({ method, path, what, body, headers, status })),
      ),
    )('$method $path is $status for $what', async ({ method, path, body, headers, status }) => {
      const isPoll = path.includes('/poll/');
      const target = isPoll ? path.replace(UNKNOWN, await receiver.createStream()) : path;
      const authorization = `Bearer ${receiver.token}`;
      const answer = await send(service.url + target, {
        method,
        headers: { authorization, ...headers },
        body,
      });
      expect([answer.status, answer.body.error]).toEqual([status, 'invalid_request']);
    });
  });

  it('deletes the streams of a client with the client', async () => {
    const id = await stranger.createStream();
    await service.database.pool.query('DELETE FROM client WHERE id = $1', [OTHER.id]);
    const { rows } = await service.database.pool.query('SELECT 1 FROM ssf_stream WHERE id = $1', [id]);
    expect(rows).toEqual([]);
  });
});
