import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { accessToken } from '../support/event-reader.js';
import { type Answer, type RawRequest, send } from '../support/http.js';
import { type Caller, DEMO } from '../support/oauth.js';
import { CLIENT_SECRET, registerClient, startApp, type TestApp } from '../support/test-app.js';

const STREAM = '/events/revocations';
const SNAPSHOT = '/events/revocations/snapshot';
const SHORT_LIVED: Caller = { id: 'short-lived', secret: CLIENT_SECRET };

/** RFC 6749 §5.2: printable ASCII without quote and backslash. */
const DESCRIPTION = /^[\x20\x21\x23-\x5B\x5D-\x7E]+$/;

describe('GET /events/revocations: bad input', () => {
  let service: TestApp;
  let token: string;
  let expired: string;
  beforeAll(async () => {
    service = await startApp();
    await registerClient(service, {
      id: SHORT_LIVED.id,
      scopes: ['events.read'],
      defaultScopes: [],
      tokenPolicy: { access_token_lifetime: 1 },
    });
    token = await accessToken(service.url, DEMO, 'events.read');
    expired = await accessToken(service.url, SHORT_LIVED, 'events.read');
    await delay(2_000);
  });
  afterAll(() => service.stop());

  const ask = (path: string, headers: RawRequest['headers'] = {}, method = 'GET'): Promise<Answer> =>
    send(service.url + path, { method, headers: { authorization: `Bearer ${token}`, ...headers } });
  const expectError = ({ status, body, headers }: Answer, expected: number, error = 'invalid_request') => {
    const { error: code, error_description: description, ...rest } = body;
    expect([status, code, rest]).toEqual([expected, error, {}]);
    expect(description).toMatch(DESCRIPTION);
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(headers['cache-control']).toBe('no-store');
  };

  describe.each([STREAM, SNAPSHOT])('%s', (path) => {
    it.each<[string, () => RawRequest['headers']]>([
      ['no credentials', () => ({ authorization: [] })],
      ['an empty token', () => ({ authorization: 'Bearer ' })],
      ['a token of nobody', () => ({ authorization: 'Bearer nonsense' })],
      ['a token with a broken signature', () => ({ authorization: `Bearer ${token.slice(0, -8)}AAAAAAAA` })],
      ['an expired token', () => ({ authorization: `Bearer ${expired}` })],
      ['a client’s password', () => ({ authorization: 'Basic ZGVtbzpkZW1vLXNlY3JldA==' })],
      ['metacharacters for a token', () => ({ authorization: `Bearer ${token}' OR '1'='1` })],
      ['a token by the DPoP scheme', () => ({ authorization: `DPoP ${token}` })],
    ])('answers %s with 401 and a challenge (RFC 6750 section 3)', async (_what, headers) => {
      const answer = await ask(path, headers());
      expectError(answer, 401, 'invalid_token');
      expect(answer.headers['www-authenticate']).toContain('Bearer realm="');
    });

    it('answers a token of another scope with 403, and names the scope', async () => {
      const other = await accessToken(service.url, DEMO, 'introspect');
      const answer = await ask(path, { authorization: `Bearer ${other}` });
      expectError(answer, 403, 'insufficient_scope');
      expect(answer.headers['www-authenticate']).toContain('scope="events.read"');
    });

    it('does not choose between two credentials', async () => {
      expectError(await ask(path, { authorization: [`Bearer ${token}`, 'Bearer other'] }), 400);
    });

    it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
      'answers %s with 405 and Allow: GET',
      async (method) => {
        const answer = await ask(path, {}, method);
        expectError(answer, 405);
        expect(answer.headers.allow).toBe('GET');
      },
    );

    it('answers HEAD with 405 and no body', async () => {
      const { status, text } = await ask(path, {}, 'HEAD');
      expect([status, text]).toEqual([405, '']);
    });

    it.each(['?unknown=1', '?__proto__=1', '?client_id[]=x', '?Client_Id=x', '?=1', '?after=1-1'])(
      'answers the parameter of %s, which there is not, with 400',
      async (query) => {
        expectError(await ask(path + query), 400);
      },
    );

    it('answers a URL that is too long with an error of its own', async () => {
      expect((await ask(`${path}?client_id=${'x'.repeat(20_000)}`)).status).toBe(431);
    });
  });

  it.each([
    ['an empty client', '?client_id='],
    ['an empty one among several', '?client_id=demo&client_id='],
    ['a client longer than any', `?client_id=${'x'.repeat(256)}`],
    ['too many clients', `?${'client_id=x&'.repeat(101)}`],
    ['a type that there is not', '?type=token-family-revokd'],
    ['a type of the prototype', '?type=constructor'],
    ['an empty type', '?type='],
    ['more types than there are', `?${'type=all-tokens-revoked&'.repeat(101)}`],
  ])('answers %s in a filter with 400', async (_what, query) => {
    expectError(await ask(STREAM + query), 400);
  });

  it.each<[string, string | string[]]>([
    ['words', 'latest'],
    ['half of one', '5-'],
    ['a number', '5'],
    ['negative', '-5-3'],
    ['negative in its second part', '5--3'],
    ['signed', '+5-3'],
    ['a fraction', '5.5-3'],
    ['in hexadecimal', '0x5-3'],
    ['in other digits', '٥-٣'.replaceAll(/./g, (digit) => encodeURIComponent(digit))],
    ['longer than any number of ours', `${'9'.repeat(20)}-1`],
    ['giant', `${'9'.repeat(2_000)}-${'9'.repeat(2_000)}`],
    ['metacharacters of SQL', `5-3' OR '1'='1`],
    ['metacharacters of Redis', '5-3*'],
    ['with something before it', ' x5-3'],
    ['repeated, equal', ['5-3', '5-3']],
    ['repeated, different', ['5-3', '6-3']],
  ])('answers a Last-Event-ID that is %s with 400', async (_what, lastEventId) => {
    expectError(await ask(STREAM, { 'last-event-id': lastEventId }), 400);
  });

  it.each(['9999999999999999999-1', '9999999999999999999-999999999999999999'])(
    'sends who comes with the cursor %s, from a future, to the snapshot: 410',
    async (lastEventId) => {
      expectError(await ask(STREAM, { 'last-event-id': lastEventId }), 410);
    },
  );

  it.each(['\0', '\n', '\r', '\x7F'])('closes the connection on %j in a header', async (character) => {
    const { port, hostname } = new URL(service.url);
    const socket = connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    const head = `GET ${STREAM} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n`;
    socket.write(`${head}Last-Event-ID: 5-3${character}\r\n\r\n`);
    await new Promise((resolve) => socket.once('close', resolve));
    expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('takes an empty Last-Event-ID for none, as the standard has it', async () => {
    const controller = new AbortController();
    const { status } = await fetch(service.url + STREAM, {
      headers: { authorization: `Bearer ${token}`, 'last-event-id': '' },
      signal: controller.signal,
    });
    controller.abort();
    expect(status).toBe(200);
  });
});
