import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  type IncomingMessage,
  type RequestListener,
  request as httpRequest,
  type ServerResponse,
} from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { WebSocket, WebSocketServer } from 'ws';
import { addRoute, gatewayUrl } from '../support/gateway.js';
import { send } from '../support/http.js';
import { signIn } from '../support/oauth.js';
import { startApp, type TestApp } from '../support/test-app.js';
import { echo, startUpstream, type Upstream } from '../support/upstream.js';
import { until } from '../support/until.js';

const MEGABYTE = 1024 * 1024;

describe('the gateway passes on', () => {
  let upstream: Upstream;
  let service: TestApp;
  let gateway: string;
  let authorization: string;
  let listener: RequestListener = echo;
  beforeAll(async () => {
    upstream = await startUpstream((request, response) => {
      listener(request, response);
    });
    service = await startApp({ GATEWAY_PORT: '0', GATEWAY_UPSTREAM_TIMEOUT: '2' });
    gateway = gatewayUrl(service);
    await addRoute(service, {
      upstream_url: `${upstream.url}/base`,
      paths: ['/api'],
      config: { downstream_access_token_header: 'x_token' },
    });
    await addRoute(service, { upstream_url: 'http://127.0.0.1:1', paths: ['/down'] });
    await addRoute(service, { upstream_url: gateway, paths: ['/loop'], strip_path: false });
    authorization = `Bearer ${(await signIn(service.url)).body.access_token}`;
  });
  beforeEach(() => {
    listener = echo;
  });
  afterAll(async () => {
    await service.stop();
    await upstream.stop();
  });

  const call = (
    path: string,
    headers: Record<string, string | string[]> = {},
    method = 'GET',
    body?: string,
  ) => send(`${gateway}${path}`, { method, headers: { authorization, ...headers }, body });
  const lastRequest = () => upstream.requests.at(-1)!;

  /** A request whose answer is read as it comes. */
  async function open(path: string, method = 'GET', headers: Record<string, string> = {}, body?: Readable) {
    const request = httpRequest(`${gateway}${path}`, {
      method,
      headers: { authorization, ...headers },
      agent: false,
    });
    request.on('error', () => undefined);
    if (body) body.pipe(request);
    else request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return { request, response };
  }

  it('path and query behind the path of the upstream, byte by byte', async () => {
    await call('/api/a%20b/c%2Fd;x=1?q=../x&empty=&plus=a+b%21');
    expect(lastRequest().url).toBe('/base/a%20b/c%2Fd;x=1?q=../x&empty=&plus=a+b%21');
  });

  it('the access token, also where the client calls its header one of the connection', async () => {
    await call('/api/1', { connection: 'authorization, x-forwarded-for, via' });
    const { headers } = lastRequest();
    expect(headers.authorization).toBe(authorization);
    expect(headers['x-forwarded-for']).toBe('127.0.0.1');
    expect(headers.via).toMatch(/^1\.1 regrant-/);
  });

  it.each(['PUT', 'POST', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'GET'])(
    'the body of a %s',
    async (method) => {
      const answer = await call('/api', { 'content-type': 'application/json' }, method, '{ "as": "it  is" }');
      expect(answer.body).toMatchObject({ method, data: '{ "as": "it  is" }' });
    },
  );

  it('repeated headers and cookies as so many lines, either way', async () => {
    listener = (_request, response) => {
      response.setHeader('set-cookie', ['a=1', 'b=2']).setHeader('x-many', ['1', '2']).end('ok');
    };
    const answer = await call('/api', { 'x-list': ['one', 'two'], cookie: 'k=v' });
    expect(lastRequest().rawHeaders.filter((_, index, all) => all[index - 1] === 'x-list')).toEqual([
      'one',
      'two',
    ]);
    expect(lastRequest().headers.cookie).toBe('k=v');
    expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(answer.headers['x-many']).toBe('1, 2');
  });

  it('no header of the connection, named or not, either way', async () => {
    listener = (_request, response) => {
      response
        .setHeader('x-inner', '1')
        .setHeader('connection', 'x-inner, close')
        .setHeader('x-kept', '1')
        .end();
    };
    const answer = await call('/api', {
      connection: 'x-hop, close',
      'x-hop': '1',
      'keep-alive': 'timeout=5',
      te: 'gzip',
      'proxy-authorization': 'Basic eDp5',
      'x-kept': '1',
    });
    const { headers } = lastRequest();
    for (const name of ['x-hop', 'keep-alive', 'te', 'proxy-authorization'])
      expect(headers[name]).toBeUndefined();
    expect(headers['x-kept']).toBe('1');
    expect([answer.headers['x-inner'], answer.headers['x-kept']]).toEqual([undefined, '1']);
  });

  it('where the request comes from, and nothing that its client says of that or of who it is', async () => {
    await call('/api', {
      'x-forwarded-for': '6.6.6.6',
      'x-forwarded-proto': 'https',
      forwarded: 'for=6.6.6.6',
      'x-userinfo': 'admin',
      x_userinfo: 'admin',
      'x-authenticated-userid': 'admin',
      'x-consumer-username': 'admin',
      'x-request-id': 'of-the-client-1',
    });
    const { headers } = lastRequest();
    expect(headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': new URL(gateway).host,
      'x-forwarded-port': new URL(gateway).port,
      'x-request-id': 'of-the-client-1',
      authorization,
    });
    for (const name of [
      'forwarded',
      'x-userinfo',
      'x_userinfo',
      'x-authenticated-userid',
      'x-consumer-username',
    ])
      expect(headers[name]).toBeUndefined();
  });

  it('HEAD, 204 and 304 without a body, and a compressed body untouched', async () => {
    const bytes = randomBytes(100);
    listener = (request, response) => {
      if (request.url === '/base/head') response.setHeader('content-length', '7').end();
      else if (request.url === '/base/zip') response.setHeader('content-encoding', 'gzip').end(bytes);
      else response.writeHead(Number(request.url?.slice(-3))).end();
    };
    const head = await call('/api/head', {}, 'HEAD');
    expect([head.status, head.headers['content-length'], head.text]).toEqual([200, '7', '']);
    for (const status of [204, 304]) expect((await call(`/api/${status}`)).status).toBe(status);
    const { response } = await open('/api/zip');
    expect(response.headers['content-encoding']).toBe('gzip');
    expect(Buffer.concat((await response.toArray()) as Buffer[])).toEqual(bytes);
  });

  it('events as they come, and that there will be some before there is one', async () => {
    let events: ServerResponse | undefined;
    listener = (_request, response) => {
      events = response.writeHead(200, { 'content-type': 'text/event-stream' });
      events.flushHeaders();
    };
    const { response, request } = await open('/api/events');
    expect(response.headers['content-type']).toBe('text/event-stream');
    for (const text of ['data: 1\n\n', 'data: 2\n\n']) {
      events!.write(text);
      const [chunk] = (await once(response, 'data')) as [Buffer];
      expect(chunk.toString()).toBe(text);
    }
    const closed = once(events!, 'close');
    request.destroy();
    await closed;
  });

  it('trailers', async () => {
    listener = (_request, response) => {
      response.writeHead(200, { trailer: 'x-sum' });
      response.write('body');
      response.addTrailers({ 'x-sum': '42' });
      response.end();
    };
    const { response } = await open('/api', 'GET', { te: 'trailers' });
    expect((await response.toArray()).join('')).toBe('body');
    expect(response.trailers).toEqual({ 'x-sum': '42' });
  });

  it('bodies of hundreds of megabytes both ways, in little memory', async () => {
    const size = 300;
    listener = (request, response) => void pipeline(request, response).catch(() => undefined);
    const sent = createHash('sha256');
    const chunk = randomBytes(MEGABYTE);
    const body = Readable.from(
      (function* () {
        for (let count = 0; count < size; count += 1) {
          sent.update(chunk);
          yield chunk;
        }
      })(),
    );
    const before = process.memoryUsage().arrayBuffers;
    const { response } = await open('/api', 'POST', { 'content-type': 'application/json' }, body);
    const received = createHash('sha256');
    let most = 0;
    for await (const part of response as AsyncIterable<Buffer>) {
      received.update(part);
      most = Math.max(most, process.memoryUsage().arrayBuffers);
    }
    expect(received.digest('hex')).toBe(sent.digest('hex'));
    expect(most - before).toBeLessThan(150 * MEGABYTE);
  });

  it('a request with Expect: 100-continue', async () => {
    const { hostname, port } = new URL(gateway);
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /api HTTP/1.1\r\nhost: a\r\nauthorization: ${authorization}\r\nexpect: 100-continue\r\ncontent-length: 2\r\nconnection: close\r\n\r\n`,
    );
    const [first] = (await once(socket, 'data')) as [Buffer];
    expect(first.toString()).toMatch(/^HTTP\/1.1 100 Continue/);
    socket.write('ok');
    expect((await socket.toArray()).join('')).toContain('"data":"ok"');
  });

  it('that a client went away, before the answer and in the middle of the request', async () => {
    const open = new Set<ServerResponse>();
    listener = (_request, response) => {
      open.add(response);
      response.once('close', () => open.delete(response));
    };
    for (const [method, headers] of [
      ['GET', {}],
      ['POST', { 'content-length': '1000' }],
    ] as const) {
      const request = httpRequest(`${gateway}/api`, {
        method,
        headers: { authorization, ...headers },
        agent: false,
      });
      request.on('error', () => undefined);
      if (method === 'POST') request.write('some of it');
      else request.end();
      await until(() => open.size === 1);
      request.destroy();
      await until(() => open.size === 0);
    }
  });

  it('WebSockets, both ways, with the tokens', async () => {
    const sockets = new WebSocketServer({ server: upstream.server, handleProtocols: () => 'chat' });
    sockets.on('connection', (socket, { headers }) => {
      socket.send(String(headers.authorization));
      socket.on('message', (data: Buffer) => {
        socket.send(`echo ${data.toString()}`);
      });
    });
    const client = new WebSocket(`${gateway.replace('http', 'ws')}/api/ws`, 'chat', {
      headers: { authorization },
    });
    const next = async () => String(((await once(client, 'message')) as [Buffer])[0]);
    expect(await next()).toBe(authorization);
    client.send('hello');
    expect(await next()).toBe('echo hello');
    expect(client.protocol).toBe('chat');
    const [serverSide] = sockets.clients;
    client.close();
    await once(serverSide!, 'close');
    sockets.close();
  });

  it('no WebSocket without a credential, nor one that the upstream refuses', async () => {
    const refusal = async (headers: Record<string, string>) => {
      const client = new WebSocket(`${gateway.replace('http', 'ws')}/api/ws`, { headers });
      client.on('error', () => undefined);
      const [, response] = (await once(client, 'unexpected-response')) as [unknown, IncomingMessage];
      response.resume();
      return [response.statusCode, response.headers['x-token']];
    };
    expect(await refusal({})).toEqual([401, undefined]);
    listener = (_request, response) => response.writeHead(403).end('no');
    upstream.server.once('upgrade', (_request, socket) => {
      socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno');
    });
    expect(await refusal({ authorization })).toEqual([403, authorization.slice(7)]);
  });

  it('the tokens to the client too, where the route says so', async () => {
    expect((await call('/api')).headers['x-token']).toBe(authorization.slice(7));
  });

  it.each([
    ['404 where no route takes it', '/none', 404, 'no-route'],
    ['404 for a path that leads out of its route', '/api/../down', 404, 'no-route'],
    ['502 for an upstream that is down', '/down', 502, 'upstream-down'],
    ['504 for one that does not answer in time', '/api/slow', 504, 'upstream-slow'],
    ['508 for one that is the gateway itself', '/loop', 508, 'loop'],
  ])('nothing, and answers %s', async (_case, path, status, kind) => {
    listener = () => undefined;
    const { hostname, port } = new URL(gateway);
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = { hostname, port, path, headers: { authorization }, agent: false };
      httpRequest(options, resolve).on('error', reject).end();
    });
    const problem = JSON.parse((await answer.toArray()).join('')) as Record<string, unknown>;
    expect(problem).toMatchObject({ status, type: `urn:regrant:problem:gateway-${kind}` });
    expect(answer.statusCode).toBe(status);
    expect(JSON.stringify(problem)).not.toContain(authorization.slice(7));
  });
});
