import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { SealedParameters } from '../../src/key-ring/sealed-parameters.js';
import { addRoute, gatewayUrl } from '../support/gateway.js';
import { type Answer, basic, FORM, postForm, send } from '../support/http.js';
import { DEMO, firstRefreshToken } from '../support/oauth.js';
import { CLIENT_SECRET, createUser, registerClient, startApp, type TestApp } from '../support/test-app.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

const NAME = 'regrant-gateway-session';
const JOHN = basic('john', 'doe');
const ANOTHER = { username: 'another', password: 'another-password' };

interface Echo {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly data: string;
}

describe('a session at the gateway', () => {
  let upstream: Upstream;
  let service: TestApp;
  let gateway: string;
  beforeAll(async () => {
    upstream = await startUpstream((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        response
          .writeHead(200, { 'set-cookie': ['theirs=1', 'more=2'], 'cache-control': 'public, max-age=60' })
          .end(
            JSON.stringify({ headers: capitalised(request.headers), data: String(Buffer.concat(chunks)) }),
          );
      });
    });
    service = await startApp({
      GATEWAY_PORT: '0',
      GATEWAY_FORWARD_AUTH_FROM: '127.0.0.1',
      TRUST_PROXY: '127.0.0.1',
      ROTATION_GRACE_SECONDS: '0',
    });
    gateway = gatewayUrl(service);
    await registerClient(service, { id: 'other' });
    await createUser(service, ANOTHER.username, ANOTHER.password);
    const auth_methods = ['session', 'refresh_token', 'password', 'bearer', 'client_credentials'] as const;
    const route = { upstream_url: upstream.url };
    await addRoute(service, { ...route, paths: ['/api'], config: { auth_methods } });
    await addRoute(service, { ...route, paths: ['/same'], config: { auth_methods: ['session'] } });
    await addRoute(service, {
      ...route,
      paths: ['/shown'],
      config: { auth_methods, hide_credentials: false, upstream_refresh_token_header: 'refresh_token' },
    });
    await addRoute(service, { ...route, paths: ['/none'], config: {} });
    await addRoute(service, {
      ...route,
      paths: ['/other'],
      config: { auth_methods, client_id: 'other', client_secret: CLIENT_SECRET, scopes: [] },
    });
  });
  afterAll(async () => {
    await service.stop();
    await upstream.stop();
  });

  async function call(path: string, headers: Record<string, string> = {}, body?: string) {
    const method = body === undefined ? 'GET' : 'POST';
    const answer = await send(`${gateway}${path}`, { method, headers, body });
    return { ...answer, echo: answer.body as unknown as Echo };
  }

  async function begin(): Promise<string> {
    return cookieOf(await call('/api', { authorization: JOHN }));
  }

  /** With a token family of its own: what is known of a password is shared. */
  async function beginWithToken(): Promise<{ cookie: string; token: string }> {
    const token = await firstRefreshToken(service.url);
    return { token, cookie: cookieOf(await call('/api', { 'refresh-token': token })) };
  }

  const revoke = (token: string) =>
    postForm(`${service.url}/oauth2/revoke`, { token }, { authorization: basic(DEMO.id, DEMO.secret!) });

  async function generation(token: string): Promise<number | undefined> {
    const id = Buffer.from(token.slice(4), 'base64url').toString('hex', 1, 17);
    const { rows } = await service.database.pool.query<{ generation: number }>(
      'SELECT generation FROM token_family WHERE id = $1::uuid',
      [id],
    );
    return rows[0]?.generation;
  }

  const nameOf = ({ echo }: { echo: Echo }) => decodeJwt(echo.headers.Authorization!.slice(7)).sub;

  it('begins with a password, and the cookie alone is enough from then on', async () => {
    const first = await call('/api', { authorization: JOHN });
    const [ours, theirs, more] = setCookies(first);
    expect([theirs, more]).toEqual(['theirs=1', 'more=2']);
    expect(ours).toMatch(/^regrant-gateway-session=[\w-]+; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(first.headers['cache-control']).toBe('no-store');

    const cookie = cookieOf(first);
    const second = await call('/api', { cookie: `a=1; ${cookie}; b="2"` });
    expect(second.status).toBe(200);
    expect(nameOf(second)).toBe(nameOf(first));
    expect(second.echo.headers.Cookie).toBe('a=1; b="2"');
    expect(JSON.stringify(second.echo)).not.toContain(valueOf(cookie));
    const third = await call('/api', { cookie });
    expect([third.status, third.echo.headers.Cookie]).toEqual([200, undefined]);
  });

  it('begins with a refresh token, and goes on with the newest: an old cookie stands for it', async () => {
    const { cookie, token } = await beginWithToken();
    const again = await call('/api', { cookie });
    expect([again.status, setCookies(again)]).toEqual([200, ['theirs=1', 'more=2']]);
    expect(again.headers['cache-control']).toBe('public, max-age=60');
    await revoke(again.echo.headers.Authorization!.slice(7));
    const renewed = await call('/api', { cookie });
    expect([renewed.status, await generation(token)]).toEqual([200, 2]);
    expect(cookieOf(renewed)).not.toBe(cookie);
    for (const one of [cookie, cookieOf(renewed)])
      expect((await call('/api', { cookie: one })).echo.headers.Authorization).toBe(
        renewed.echo.headers.Authorization,
      );
    expect(await generation(token)).toBe(2);
  });

  it('of 20 requests at once makes one grant', async () => {
    const token = await firstRefreshToken(service.url, DEMO, ANOTHER);
    const cookie = await seal({ refreshToken: token });
    const answers = await Promise.all(Array.from({ length: 20 }, () => call('/api', { cookie })));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(new Set(answers.map(({ echo }) => echo.headers.Authorization)).size).toBe(1);
    expect(await generation(token)).toBe(1);
  });

  it('ends at once with the tokens behind it: 401, and the cookie is taken away (L2)', async () => {
    const { cookie, token } = await beginWithToken();
    expect((await call('/api', { cookie })).status).toBe(200);
    await revoke(token);
    const refused = await call('/api', { cookie });
    expect([refused.status, refused.body.error]).toEqual([401, 'invalid_grant']);
    expect(setCookies(refused)).toEqual([`${NAME}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax`]);
    expect(refused.text).not.toContain(valueOf(cookie));
  });

  it.each<[string, (cookie: string) => string | Promise<string>]>([
    [
      'that was tampered with',
      (cookie) => `${cookie.slice(0, 60)}${cookie[60] === 'A' ? 'B' : 'A'}${cookie.slice(61)}`,
    ],
    ['that is made up', () => `${NAME}=rgr_made-up`],
    ['that is empty', () => `${NAME}=`],
    ['that was sealed for something else', (cookie) => seal({ refreshToken: cookie }, 'csrf')],
    ['whose time is over', () => seal({}, 'gateway-session', -1)],
    ['of another client', () => seal({ clientId: 'other' })],
    ['of another issuer', () => seal({ issuer: 'https://issuer.example' })],
  ])('is none with a cookie %s', async (_what, made) => {
    const answer = await call('/api', { cookie: await made(await begin()) });
    expect(answer.status).toBe(401);
    expect(answer.body.type).toBe('urn:regrant:problem:gateway-no-credential');
    expect(answer.headers).not.toHaveProperty('set-cookie');
  });

  it('is of routes with the same client, and of none that does not take it; its cookie goes upstream on no route', async () => {
    const cookie = await begin();
    expect((await call('/same', { cookie })).status).toBe(200);
    expect((await call('/other', { cookie })).status).toBe(401);
    expect((await call('/none', { cookie })).status).toBe(401);
    for (const path of ['/none', '/shown', '/other']) {
      const secure = `__Host-${cookie}`;
      const answer = await call(path, { authorization: JOHN, cookie: `${cookie}; a=1; ${secure}` });
      expect([answer.status, answer.echo.headers.Cookie]).toEqual([200, 'a=1']);
    }
  });

  it('is not begun by an access token, by a client, or on a route without it', async () => {
    const authorization = (await call('/api', { authorization: JOHN })).echo.headers.Authorization!;
    const answers = [
      await call('/api', { authorization }),
      await call('/api', { authorization: basic(DEMO.id, DEMO.secret!) }),
      await call('/none', { authorization: JOHN }),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(setCookies(answer)).toEqual(['theirs=1', 'more=2']);
    }
  });

  it('is not begun at the will of another site', async () => {
    const headers = { 'refresh-token': await firstRefreshToken(service.url) };
    const crossSite = await call('/api', { ...headers, 'sec-fetch-site': 'cross-site' });
    expect([crossSite.status, setCookies(crossSite)]).toEqual([200, ['theirs=1', 'more=2']]);
    expect(setCookies(await call('/api', { ...headers, 'sec-fetch-site': 'same-origin' }))).toHaveLength(3);
  });

  it('gives way to a credential in the request, whose session it becomes', async () => {
    const cookie = await begin();
    const john = nameOf(await call('/api', { cookie }));
    const token = await firstRefreshToken(service.url, DEMO, ANOTHER);
    const form = `refresh_token=${token}&a=1`;
    const answers = [
      await call('/api', { cookie, authorization: basic(ANOTHER.username, ANOTHER.password) }),
      await call('/api', { cookie, 'content-type': FORM }, form),
    ];
    for (const answer of answers) {
      expect(nameOf(answer)).not.toBe(john);
      expect(nameOf(await call('/api', { cookie: cookieOf(answer) }))).toBe(nameOf(answer));
    }
    expect((await call('/api', { cookie, authorization: basic('john', 'wrong') })).status).toBe(401);
  });

  it('lets a body pass that was looked through for a refresh token', async () => {
    const cookie = await begin();
    const json = '{ "as": "it  is" }';
    const answer = await call('/api', { cookie, 'content-type': 'application/json' }, json);
    expect([answer.status, answer.echo.data]).toEqual([200, json]);
  });

  it('has a cookie for https only where a trusted proxy says that this is https', async () => {
    const https = { 'x-forwarded-proto': 'https' };
    const first = await call('/api', { authorization: JOHN, ...https });
    const [ours] = setCookies(first);
    expect(ours).toMatch(/^__Host-regrant-gateway-session=[\w-]+; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    const cookie = cookieOf(first);
    expect((await call('/api', { cookie, ...https })).status).toBe(200);
    expect((await call('/api', { cookie: cookie.replace('__Host-', ''), ...https })).status).toBe(401);
  });

  it('is told to a proxy that asks: its cookie for the browser, and the others for the upstream', async () => {
    const ask = (headers: Record<string, string>) =>
      send(`${gateway}/gateway/auth/api`, { method: 'GET', headers });
    const first = await ask({ authorization: JOHN, cookie: 'a=1' });
    expect([first.status, first.headers.cookie]).toEqual([200, 'a=1']);
    const cookie = cookieOf(first);
    const second = await ask({ cookie: `a=1; ${cookie}` });
    expect([second.status, second.headers.cookie]).toEqual([200, 'a=1']);
    expect(second.headers.authorization).toMatch(/^Bearer ey/);
  });

  /** A cookie as the gateway makes it, but for what is given. */
  async function seal(
    session: { issuer?: string; clientId?: string; refreshToken?: string },
    purpose: 'gateway-session' | 'csrf' = 'gateway-session',
    lifetime = 60,
  ): Promise<string> {
    const refreshToken = session.refreshToken ?? (await firstRefreshToken(service.url));
    const whole = { issuer: service.url, clientId: DEMO.id, ...session, refreshToken };
    return `${NAME}=${service.app.get(SealedParameters).seal(purpose, whole, lifetime)}`;
  }
});

function setCookies({ headers }: Answer): string[] {
  return [headers['set-cookie'] ?? []].flat();
}

/** As a browser would send our cookie back. */
function cookieOf(answer: Answer): string {
  const [cookie = ''] = (setCookies(answer).find((one) => one.includes(NAME)) ?? '').split(';');
  return cookie;
}

function valueOf(cookie: string): string {
  return cookie.slice(cookie.indexOf('=') + 1);
}

function capitalised(headers: Readonly<Record<string, string | string[] | undefined>>) {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase()),
      value,
    ]),
  );
}
