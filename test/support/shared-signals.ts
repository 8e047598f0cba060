import { createRemoteJWKSet, decodeJwt, type JWTPayload, jwtVerify } from 'jose';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Pool } from 'pg';
import { type AddressInfo, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, basic, postForm, send } from './http.js';
import { familyIdOf } from './families.js';
import { type Caller, DEMO, firstRefreshToken } from './oauth.js';

export const PUSH = 'urn:ietf:rfc:8935';
export const POLL = 'urn:ietf:rfc:8936';

const SCHEMA = 'https://schemas.openid.net/secevent/';
export const SESSION_REVOKED = `${SCHEMA}caep/event-type/session-revoked`;
export const TOKENS_REVOKED = `${SCHEMA}oauth/event-type/tokens-revoked`;
export const TOKEN_REVOKED = `${SCHEMA}oauth/event-type/token-revoked`;
export const VERIFICATION = `${SCHEMA}ssf/event-type/verification`;
export const STREAM_UPDATED = `${SCHEMA}ssf/event-type/stream-updated`;

/** What the tests' services run with: keys that SETs are signed with, and receivers on this machine. */
export const SSF_ENVIRONMENT = {
  SIGNING_ALGORITHMS: 'ES256,RS256',
  SSF_PUSH_ALLOWED_ADDRESSES: '127.0.0.1',
  SSF_DEFAULT_SUBJECTS: 'ALL',
};

/** A Security Event Token's claims. */
export interface Claims extends JWTPayload {
  readonly jti: string;
  readonly txn: string;
  readonly sub_id: Record<string, unknown>;
  readonly events: Record<string, Record<string, unknown>>;
}

/** A receiver's calls, with its token. */
export class Receiver {
  constructor(
    readonly url: string,
    readonly token: string,
  ) {}

  call(method: string, path: string, body?: unknown): Promise<Answer> {
    const headers = { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' };
    if (body === undefined)
      return send(this.url + path, { method, headers: { authorization: headers.authorization } });
    return send(this.url + path, { method, headers, body: JSON.stringify(body) });
  }

  /** @returns the new stream's id */
  async createStream(settings: Record<string, unknown> = {}): Promise<string> {
    const answer = await this.call('POST', '/ssf/streams', settings);
    if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`);
    return answer.body.stream_id as string;
  }

  poll(streamId: string, request: Record<string, unknown> = { returnImmediately: true }): Promise<Answer> {
    return this.call('POST', `/ssf/poll/${streamId}`, request);
  }

  setStatus(stream_id: string, status: string): Promise<Answer> {
    return this.call('POST', '/ssf/status', { stream_id, status });
  }

  /** Polls and acknowledges until there are as many or more. @returns their claims, in the order of their coming */
  async take(streamId: string, count: number, timeoutMs = 20_000): Promise<Claims[]> {
    const deadline = Date.now() + timeoutMs;
    const taken: Claims[] = [];
    let ack: string[] = [];
    while (taken.length < count) {
      if (Date.now() > deadline) throw new Error(`${taken.length} of ${count} events came`);
      const { status, text, body } = await this.poll(streamId, { ack, returnImmediately: true });
      if (status !== 200) throw new Error(text);
      const sets = body.sets as Record<string, string>;
      ack = Object.keys(sets);
      taken.push(...Object.values(sets).map(claimsOf));
      if (ack.length === 0) await delay(20);
    }
    await this.poll(streamId, { ack, maxEvents: 0 });
    return taken;
  }
}

export function claimsOf(token: string): Claims {
  return decodeJwt<Claims>(token);
}

/** As a receiver verifies it (RFC 8417 §5, SSF §4). @returns its claims */
export async function verified(
  url: string,
  token: string,
  audience: string,
  algorithm = 'RS256',
): Promise<Claims> {
  const keys = createRemoteJWKSet(new URL(`${url}/oauth2/jwks`));
  const options = { issuer: url, audience, typ: 'secevent+jwt', algorithms: [algorithm] };
  return (await jwtVerify<Claims>(token, keys, options)).payload;
}

/** The event types of SETs, by their last part. */
export function typesOf(claims: readonly Claims[]): string[] {
  return claims.flatMap(({ events }) =>
    Object.keys(events).map((type) => type.slice(type.lastIndexOf('/') + 1)),
  );
}

/**
 * Waits until no event is held up by an older transaction anywhere on the server: a stream that begins
 * before that is told of it too.
 */
export async function untilNoneIsHeldUp(database: Pool): Promise<void> {
  for (;;) {
    const { rows } = await database.query(
      `SELECT 1 FROM revocation_event WHERE transaction_id >= pg_snapshot_xmin(pg_current_snapshot()) LIMIT 1`,
    );
    if (rows.length === 0) return;
    await delay(10);
  }
}

/** Ends a session of the demo user. @returns the family's id */
export async function revokeFamily(url: string, client: Caller = DEMO): Promise<string> {
  const token = await firstRefreshToken(url, client);
  await postForm(`${url}/oauth2/revoke`, { token }, { authorization: basic(client.id, client.secret!) });
  return familyIdOf(token);
}

/** The family that a SET is about. */
export function sessionOf({ sub_id }: Claims): string | undefined {
  return (sub_id.session as { id: string } | undefined)?.id;
}

export interface PushReceiver {
  readonly url: string;
  /** All requests so far. */
  readonly requests: { readonly headers: IncomingMessage['headers']; readonly body: string }[];
  /** Of the SETs that were answered 202, in the order of their coming. */
  readonly taken: Claims[];
  /** Waits until it has taken as many. */
  has(count: number, timeoutMs?: number): Promise<void>;
  stop(): Promise<void>;
}

/** An endpoint that SETs are pushed to; `answer` is called for each, 202 unless it answers itself. */
export async function startReceiver(
  answer: (response: ServerResponse, attempt: number) => void = (response) => {
    response.writeHead(202).end();
  },
): Promise<PushReceiver> {
  const sockets = new Set<Socket>();
  const requests: PushReceiver['requests'] = [];
  const taken: Claims[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      requests.push({ headers: request.headers, body });
      response.once('finish', () => {
        if (response.statusCode === 202) taken.push(claimsOf(body));
      });
      answer(response, requests.length);
    });
  });
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    requests,
    taken,
    has: async (count, timeoutMs = 20_000) => {
      const deadline = Date.now() + timeoutMs;
      while (taken.length < count) {
        if (Date.now() > deadline) throw new Error(`${taken.length} of ${count} events were pushed`);
        await delay(10);
      }
    },
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => {
          resolve();
        });
      }),
  };
}
