import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { SignedInPerson } from '../support/signed-in.js';
import { registerClient, startApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

interface Received {
  readonly contentType?: string;
  readonly token: string;
}

/** A client's endpoint that answers as it is told. */
class Receiver {
  readonly received: Received[] = [];
  answer: (response: ServerResponse) => void = (response) => void response.writeHead(200).end();

  private constructor(private readonly server: Server) {
    server.on(
      'request',
      (request: IncomingMessage, response: ServerResponse) => void this.take(request, response),
    );
  }

  static async start(): Promise<Receiver> {
    const receiver = new Receiver(createServer());
    await new Promise<void>((resolve) => receiver.server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/logout`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    this.received.push({
      contentType: request.headers['content-type'],
      token: form.get('logout_token') ?? '',
    });
    this.answer(response);
  }
}

describe('back-channel logout', () => {
  let service: TestApp;
  const receivers: Receiver[] = [];
  beforeAll(async () => {
    service = await startApp({
      BACKCHANNEL_LOGOUT_ALLOWED_ADDRESSES: '127.0.0.1',
      BACKCHANNEL_LOGOUT_TIMEOUT_MS: '1000',
    });
  });
  afterEach(() => {
    for (const receiver of receivers.splice(0)) receiver.stop();
  });
  afterAll(() => service.stop());

  const client = async (backchannelLogoutUri?: string): Promise<string> => {
    const id = `client-${randomUUID()}`;
    return registerClient(service, { id, scopes: ['openid'], defaultScopes: [], backchannelLogoutUri });
  };
  const listening = async () => {
    const receiver = await Receiver.start();
    receivers.push(receiver);
    return { receiver, clientId: await client(receiver.url) };
  };
  const noticesOf = async (clientId: string) =>
    (
      await service.database.pool.query<{ attempts: number; failure: string | null }>(
        'SELECT attempts, failure FROM logout_notice WHERE client_id = $1',
        [clientId],
      )
    ).rows;
  const signOut = (person: SignedInPerson, idToken = '') =>
    person.browser.get(`/oauth2/logout?id_token_hint=${idToken}`);

  it('tells each client of the session, by a token that a stock library verifies (§2.4)', async () => {
    const [one, two] = [await listening(), await listening()];
    const person = await SignedInPerson.at(service);
    const tokens = await person.tokensFor(one.clientId);
    await person.tokensFor(two.clientId);
    await signOut(person, tokens.id_token);
    await until(() => one.receiver.received.length === 1 && two.receiver.received.length === 1);
    const [{ contentType, token } = { token: '' }] = one.receiver.received;
    expect(contentType).toBe('application/x-www-form-urlencoded');
    const jwks = createRemoteJWKSet(new URL(`${service.url}/oauth2/jwks`));
    const options = { issuer: service.url, audience: one.clientId, typ: 'logout+jwt' };
    const { payload } = await jwtVerify(token, jwks, options);
    expect(payload).toEqual({
      iss: service.url,
      aud: one.clientId,
      sub: person.userId,
      sid: decodeJwt(tokens.id_token!).sid,
      iat: expect.any(Number),
      exp: expect.any(Number),
      jti: expect.any(String),
      events: { [EVENT]: {} },
    });
    await until(async () => (await noticesOf(one.clientId)).length === 0);
  });

  it('tells a client of each of its sessions there, and another person’s of none', async () => {
    const { receiver, clientId } = await listening();
    const [person, bystander] = [await SignedInPerson.at(service), await SignedInPerson.at(service)];
    const [first, second] = [await person.tokensFor(clientId), await person.tokensFor(clientId)];
    await bystander.tokensFor(clientId);
    await signOut(person, first.id_token);
    await until(() => receiver.received.length >= 2);
    const told = receiver.received.map(({ token }) => decodeJwt(token));
    expect(told.map(({ sid }) => sid).sort()).toEqual(
      [first, second].map(({ id_token }) => decodeJwt(id_token!).sid).sort(),
    );
    expect(new Set(told.map(({ sub }) => sub))).toEqual(new Set([person.userId]));
  });

  it('tries again while the client fails, with the same jti, until it is taken', async () => {
    const { receiver, clientId } = await listening();
    receiver.answer = (response) => void response.writeHead(500).end();
    const person = await SignedInPerson.at(service);
    await signOut(person, (await person.tokensFor(clientId)).id_token);
    await until(() => receiver.received.length >= 2);
    await until(async () => (await noticesOf(clientId))[0]?.failure === 'answered 500');
    receiver.answer = (response) => void response.writeHead(204).end();
    await until(async () => (await noticesOf(clientId)).length === 0);
    expect(new Set(receiver.received.map(({ token }) => decodeJwt(token).jti)).size).toBe(1);
  });

  it('takes a client’s 400 for its last word (§2.8)', async () => {
    const { receiver, clientId } = await listening();
    receiver.answer = (response) => void response.writeHead(400).end('{"error":"invalid_request"}');
    const person = await SignedInPerson.at(service);
    await signOut(person, (await person.tokensFor(clientId)).id_token);
    await until(() => receiver.received.length === 1);
    await until(async () => (await noticesOf(clientId)).length === 0);
    expect(receiver.received).toHaveLength(1);
  });

  it('follows no redirect, and sends the token nowhere else (SSRF)', async () => {
    const [{ receiver, clientId }, elsewhere] = [await listening(), await listening()];
    receiver.answer = (response) => void response.writeHead(307, { location: elsewhere.receiver.url }).end();
    const person = await SignedInPerson.at(service);
    await signOut(person, (await person.tokensFor(clientId)).id_token);
    await until(async () => (await noticesOf(clientId))[0]?.failure === 'answered 307');
    expect(elsewhere.receiver.received).toEqual([]);
  });

  it('holds up no client for one that does not answer', async () => {
    const [slow, quick] = [await listening(), await listening()];
    slow.receiver.answer = () => undefined;
    for (let times = 0; times < 3; times += 1) {
      const person = await SignedInPerson.at(service);
      for (let sessions = 0; sessions < 3; sessions += 1) await person.tokensFor(slow.clientId);
      await signOut(person, (await person.tokensFor(quick.clientId)).id_token);
    }
    await until(() => quick.receiver.received.length === 3);
    expect((await noticesOf(slow.clientId)).length).toBe(9);
  });

  it('gives up on a session that ended over an hour ago', async () => {
    const { receiver, clientId } = await listening();
    receiver.answer = (response) => void response.writeHead(503).end();
    const person = await SignedInPerson.at(service);
    await signOut(person, (await person.tokensFor(clientId)).id_token);
    await until(async () => (await noticesOf(clientId))[0]?.failure === 'answered 503');
    await service.database.pool.query(
      `UPDATE logout_notice SET created_at = created_at - interval '61 minutes' WHERE client_id = $1`,
      [clientId],
    );
    await until(async () => (await noticesOf(clientId)).length === 0);
  });

  it('leaves nothing behind for clients that do not want to know, or are gone', async () => {
    const deaf = await client();
    const person = await SignedInPerson.at(service);
    await signOut(person, (await person.tokensFor(deaf)).id_token);
    await until(async () => (await noticesOf(deaf)).length === 0);
    expect(await person.isSignedIn()).toBe(false);
  });
});

describe('back-channel logout to an address that is not public', () => {
  it('is not sent: the connection is refused on our side (SSRF)', async () => {
    const receiver = await Receiver.start();
    const service = await startApp({ BACKCHANNEL_LOGOUT_ALLOWED_ADDRESSES: undefined });
    try {
      const id = await registerClient(service, {
        id: 'inside',
        scopes: ['openid'],
        defaultScopes: [],
        backchannelLogoutUri: receiver.url,
      });
      const person = await SignedInPerson.at(service);
      const { id_token = '' } = await person.tokensFor(id);
      await person.browser.get(`/oauth2/logout?id_token_hint=${id_token}`);
      const failure = async () =>
        (await service.database.pool.query<{ failure: string | null }>('SELECT failure FROM logout_notice'))
          .rows[0]?.failure;
      await until(async () => (await failure()) != null);
      expect(await failure()).toMatch(/not allowed/);
      expect(receiver.received).toEqual([]);
    } finally {
      receiver.stop();
      await service.stop();
    }
  });
});
