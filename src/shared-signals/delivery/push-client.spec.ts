import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { SharedSignalsConfig } from '../../config/shared-signals.config.js';
import { PushClient } from './push-client.js';

const NEVER = new AbortController().signal;

describe('PushClient', () => {
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  let client: PushClient;
  beforeAll(() => {
    const settings = { pushTimeoutMs: 1_000, pushAllowedAddresses: ['127.0.0.1'] };
    client = new PushClient(Object.assign(new SharedSignalsConfig(), settings));
  });
  afterAll(() => {
    client.onModuleDestroy();
    for (const socket of sockets) socket.destroy();
    for (const server of servers) server.close();
  });

  const listen = async (server: Server): Promise<string> => {
    servers.push(server);
    server.on('connection', (socket: Socket) => sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  };
  const serve = (listener: RequestListener) => listen(createHttpServer(listener));
  const answering = (status: number, body = '', headers = {}) =>
    serve((_request, response) => {
      response.writeHead(status, headers).end(body);
    });
  const push = (url: string, authorization?: string) =>
    client.push({ url, authorization, token: 'a.b.c' }, NEVER);

  it('posts the token with the headers of RFC 8935 §2 and the authorization of the receiver', async () => {
    const requests: unknown[] = [];
    const url = await serve(({ method, headers }, response) => {
      const { authorization, accept } = headers;
      requests.push([method, headers['content-type'], headers['content-length'], accept, authorization]);
      response.writeHead(202).end();
    });
    expect(await push(url, 'Bearer x')).toEqual({ kind: 'taken' });
    expect(await push(url)).toEqual({ kind: 'taken' });
    const common = ['POST', 'application/secevent+jwt', '5', 'application/json'];
    expect(requests).toEqual([
      [...common, 'Bearer x'],
      [...common, undefined],
    ]);
  });

  it('takes a 400 with err for a verdict, in bounds and without what cannot be stored (RFC 8935 §2.3)', async () => {
    const rejected = { kind: 'rejected', error: 'invalid_key' };
    const body = (members: object) => JSON.stringify(members);
    expect(await push(await answering(400, body({ err: 'invalid_key' })))).toEqual(rejected);
    const description = `\0a${'b'.repeat(9_000)}`;
    expect(await push(await answering(400, body({ err: 'invalid_key', description })))).toEqual({
      ...rejected,
      description: `a${'b'.repeat(498)}`,
    });
  });

  it.each<[string, number, string]>([
    ['200', 200, ''],
    ['204', 204, ''],
    ['a redirect', 307, ''],
    ['401', 401, '{"err":"authentication_failed"}'],
    ['400 without a body', 400, ''],
    ['400 that is no JSON', 400, '<html>'],
    ['400 of null', 400, 'null'],
    ['400 without err', 400, '{"description":"x"}'],
    ['400 with an err that is no string', 400, '{"err":7}'],
    ['429', 429, ''],
    ['500', 500, '{"err":"invalid_key"}'],
    ['503', 503, ''],
  ])('has failed for now at %s', async (_what, status, body) => {
    expect(await push(await answering(status, body))).toEqual({
      kind: 'failed',
      problem: `answered ${status}`,
    });
  });

  it('follows no redirect', async () => {
    let isFollowed = false;
    const location = await serve((_request, response) => {
      isFollowed = true;
      response.writeHead(202).end();
    });
    for (const status of [301, 302, 303, 307, 308])
      expect((await push(await answering(status, '', { location }))).kind).toBe('failed');
    expect(isFollowed).toBe(false);
  });

  it.each<[string, RequestListener]>([
    ['never answers', () => undefined],
    [
      'never ends its headers',
      (_request, response) => {
        response.socket!.write('HTTP/1.1 202 Accepted\r\nx: ');
      },
    ],
    [
      'never ends its answer, a byte at a time',
      (_request, response) => {
        response.writeHead(202);
        const timer = setInterval(() => response.write('x'), 100);
        response.once('close', () => {
          clearInterval(timer);
        });
      },
    ],
    [
      'answers without end',
      (_request, response) => {
        response.writeHead(202);
        const more = () => {
          while (response.write(Buffer.alloc(65_536)));
          response.once('drain', more);
        };
        more();
      },
    ],
    [
      'hangs up',
      (request) => {
        request.socket.destroy();
      },
    ],
    [
      'hangs up in the middle of its answer',
      (request, response) => {
        response.writeHead(202, { 'content-length': 10 }).write('x');
        setTimeout(() => request.socket.destroy(), 50);
      },
    ],
    [
      'answers with headers without end',
      (_request, response) => {
        response.socket!.write(`HTTP/1.1 202 Accepted\r\nx: ${'y'.repeat(100_000)}`);
      },
    ],
  ])('has failed for now when the receiver %s', async (_what, listener) => {
    expect((await push(await serve(listener))).kind).toBe('failed');
  });

  it.each(['garbage\r\n\r\n', '\0\0\0\0', 'HTTP/1.1 999999 No\r\n\r\n', 'SSH-2.0-OpenSSH_9.6\r\n'])(
    'has failed for now when what answers is no HTTP: %j',
    async (bytes) => {
      const url = await listen(createServer((socket) => void socket.end(bytes).on('error', () => undefined)));
      expect((await push(url)).kind).toBe('failed');
    },
  );

  it('has failed for now where nobody listens, or there is no such name', async () => {
    expect((await push('http://127.0.0.1:1/')).kind).toBe('failed');
    expect((await push('http://receiver.invalid/')).kind).toBe('failed');
  });

  it('connects to no address that is not public or allowed, whatever name it hides behind', async () => {
    const strict = new PushClient(Object.assign(new SharedSignalsConfig(), { pushTimeoutMs: 1_000 }));
    let connections = 0;
    const url = await listen(createServer(() => (connections += 1)));
    const { port } = new URL(url);
    for (const host of [
      '127.0.0.1',
      'localhost',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '0.0.0.0',
      '[::]',
      '169.254.169.254',
    ]) {
      const outcome = await strict.push({ url: `http://${host}:${port}/`, token: 'a.b.c' }, NEVER);
      expect([host, outcome]).toEqual([
        host,
        { kind: 'failed', problem: expect.stringContaining('not allowed') },
      ]);
    }
    strict.onModuleDestroy();
    expect(connections).toBe(0);
  });

  it('is ended by the signal', async () => {
    const stop = new AbortController();
    const url = await serve(() => {
      stop.abort();
    });
    expect((await client.push({ url, token: 'a.b.c' }, stop.signal)).kind).toBe('failed');
    expect((await client.push({ url, token: 'a.b.c' }, stop.signal)).kind).toBe('failed');
  });
});
