import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { type Answer, basic, FORM, formBody, type RawRequest, send } from '../support/http.js';
import { startApp, type TestApp } from '../support/test-app.js';
import { expectError } from '../support/token-errors.js';

/** Stands in every part of a request in turn, and must come back in no part of the answer. */
const MARK = 'xyzzy-4711';

const form = (parameters: Record<string, string | string[]>, headers = {}): RawRequest => ({
  headers: { 'content-type': FORM, authorization: basic('demo', 'demo-secret'), ...headers },
  body: formBody({ grant_type: 'refresh_token', refresh_token: 'r', ...parameters }),
});

const REQUESTS: [place: string, request: RawRequest, path?: string][] = [
  ['grant_type', form({ grant_type: MARK })],
  ['refresh_token', form({ refresh_token: MARK })],
  ['scope', form({ scope: `"${MARK}` })],
  ['resource', form({ resource: `${MARK}#` })],
  ['client_id', form({ client_id: MARK })],
  ['client_secret', form({ client_secret: MARK })],
  ['username', form({ grant_type: 'password', username: MARK, password: 'p' })],
  ['password', form({ grant_type: 'password', username: 'john', password: MARK })],
  ['the name of a repeated parameter', form({ [MARK]: ['1', '2'] })],
  ['the value of a repeated parameter', form({ scope: [MARK, MARK] })],
  ['a Basic id', form({}, { authorization: basic(MARK, 'any') })],
  ['a Basic secret', form({}, { authorization: basic('demo', MARK) })],
  ['an Authorization header', form({}, { authorization: MARK })],
  ['a DPoP header', form({}, { dpop: MARK })],
  ['a content type', form({}, { 'content-type': `application/${MARK}` })],
  ['a malformed content type', form({}, { 'content-type': MARK })],
  ['X-Request-Id, with what a log may not hold', form({}, { 'x-request-id': `"${MARK}"` })],
  ['Origin', form({}, { origin: `https://${MARK}.example` })],
  ['Host', form({}, { host: `${MARK}.example` })],
  ['malformed JSON', { headers: { 'content-type': 'application/json' }, body: `{"${MARK}` }],
  ['a malformed form', { headers: { 'content-type': FORM }, body: `${MARK}%zz` }],
  ['a query', form({}), `/oauth2/token?${MARK}=${MARK}`],
  ['a path', form({}), `/${MARK}`],
  ['a path with broken percent-encoding', form({}), `/oauth2/${MARK}%zz`],
  ['a path of 5000 characters', form({}), `/${MARK.repeat(500)}`],
  ['a method', { method: 'PUT', headers: { 'x-mark': MARK } }],
];

function expectNoEcho({ text, headers }: Answer): void {
  expect(text).not.toContain(MARK);
  expect(JSON.stringify(headers)).not.toContain(MARK);
}

describe('what every error answer carries, and what none does', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.stop());

  it.each(REQUESTS)('has an x-request-id and echoes nothing of %s', async (...row) => {
    const [, request, path = '/oauth2/token'] = row;
    const answer = await send(service.url + path, request);
    expectError(answer, answer.status);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expectNoEcho(answer);
  });

  it('gives each answer an id of its own, and keeps a harmless one that it was sent', async () => {
    const ask = (headers = {}) => send(`${service.url}/oauth2/token`, form({}, headers));
    const [one, two, given] = [await ask(), await ask(), await ask({ 'x-request-id': 'given-by-proxy.1' })];
    expect(one.headers['x-request-id']).not.toBe(two.headers['x-request-id']);
    expect(given.headers['x-request-id']).toBe('given-by-proxy.1');
  });

  it.each(['short', 'a'.repeat(65), 'with space in it', 'semi;colon', 'ünïcödé-id'])(
    'does not keep the x-request-id %j',
    async (given) => {
      const answer = await send(`${service.url}/oauth2/token`, form({}, { 'x-request-id': given }));
      expectError(answer, 400, 'invalid_grant');
      expect(answer.headers['x-request-id']).not.toBe(given);
    },
  );

  it('carries an x-request-id on success too', async () => {
    const answer = await send(`${service.url}/oauth2/token`, form({ grant_type: 'client_credentials' }));
    expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(answer.headers['x-request-id']).toMatch(/^[\w.-]{8,64}$/);
  });

  it.each([
    ['no HTTP', `${MARK}\r\n\r\n`, 400],
    ['a broken header', `POST /oauth2/token HTTP/1.1\r\nHost: a\r\n${MARK}\0: b\r\n\r\n`, 400],
    ['a broken length', `POST /oauth2/token HTTP/1.1\r\nHost: a\r\nContent-Length: ${MARK}\r\n\r\n`, 400],
    [
      'length and chunks at once',
      'POST /oauth2/token HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    [
      'headers of 20 KiB',
      `POST /oauth2/token HTTP/1.1\r\nHost: a\r\nX: ${MARK}${'a'.repeat(20_480)}\r\n\r\n`,
      431,
    ],
  ])('answers what is %s with a client error that echoes nothing', async (_what, bytes, status) => {
    const answer = await exchange(service, bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).not.toContain(MARK);
  });
});

/** All that the server answers to some bytes. */
function exchange({ environment }: TestApp, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(environment.HTTP_PORT), '127.0.0.1', () => socket.write(bytes, 'latin1'));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('error', reject);
    socket.on('close', () => {
      resolve(answer);
    });
  });
}
