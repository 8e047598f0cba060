import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { UserLifecycleService } from '../../src/revocation/user-lifecycle.service.js';
import { UserService } from '../../src/users/user.service.js';
import { type DpopKey, dpopKey, proof } from '../support/dpop.js';
import { type Answer, send } from '../support/http.js';
import { type Caller, tokenRequest } from '../support/oauth.js';
import { CLIENT_SECRET, registerClient, startApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const PASSWORD = 'correct horse battery';
const APP: Caller = { id: 'app', secret: CLIENT_SECRET };
const ORIGIN = 'https://spa.example.com';
const CLAIMS = { name: 'Ann Nym', email_verified: true, address: { country: 'PT' }, department: 'R&D' };

describe('GET and POST /oauth2/userinfo', () => {
  let service: TestApp;
  let endpoint: string;
  let ann: string;
  beforeAll(async () => {
    service = await startApp();
    endpoint = `${service.url}/oauth2/userinfo`;
    const user = { username: 'ann', password: PASSWORD, email: 'ann@example.com', claims: CLAIMS };
    ann = (await service.app.get(UserService).create(user))!;
    const scopes = ['openid', 'profile', 'email', 'address', 'phone', 'read'];
    await registerClient(service, { id: APP.id, scopes, defaultScopes: [] });
    await registerClient(service, {
      id: 'spa',
      type: 'public',
      scopes,
      defaultScopes: [],
      redirectUris: [`${ORIGIN}/callback`],
    });
  });
  afterAll(() => service.stop());

  const signIn = async (scope: string, { username = 'ann', ...more }: Record<string, string> = {}) => {
    const parameters = { grant_type: 'password', username, password: PASSWORD, scope, ...more };
    return (await tokenRequest(service.url, APP, parameters)).body.access_token!;
  };
  const ask = (token: string, method = 'GET', headers = {}): Promise<Answer> =>
    send(endpoint, { method, headers: { authorization: `Bearer ${token}`, ...headers } });
  const challengeOf = ({ status, headers, body }: Answer) => [
    status,
    body.error,
    /^Bearer /.test(String(headers['www-authenticate'])),
  ];

  it.each(['GET', 'POST'])('tells by %s what the scopes ask for (OIDC Core §5.3, §5.4)', async (method) => {
    const answer = await ask(await signIn('openid profile email'), method);
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' });
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.body).toEqual({
      sub: ann,
      name: 'Ann Nym',
      preferred_username: 'ann',
      updated_at: expect.any(Number),
      email: 'ann@example.com',
      email_verified: true,
    });
  });

  it('tells no more than the subject for openid alone, and other scopes by themselves', async () => {
    expect((await ask(await signIn('openid'))).body).toEqual({ sub: ann });
    expect((await ask(await signIn('openid address phone'))).body).toEqual({
      sub: ann,
      address: { country: 'PT' },
    });
  });

  it('tells what has changed since the token was issued, and that at once', async () => {
    const users = service.app.get(UserService);
    const id = (await users.create({ username: 'changing', password: PASSWORD }))!;
    const token = await signIn('openid profile', { username: 'changing' });
    expect((await ask(token)).body).not.toHaveProperty('name');
    await users.change(id, { claims: { name: 'Someone' } });
    await until(async () => (await ask(token)).body.name === 'Someone');
  });

  it('wants the scope openid: 403 insufficient_scope', async () => {
    const answer = await ask(await signIn('profile email'));
    expect(challengeOf(answer)).toEqual([403, 'insufficient_scope', true]);
    expect(answer.headers['www-authenticate']).toContain('scope="openid"');
  });

  it('wants a token that is alive: 401 invalid_token', async () => {
    const users = service.app.get(UserService);
    const id = (await users.create({ username: 'gone', password: PASSWORD }))!;
    const dead = await signIn('openid', { username: 'gone' });
    await service.app.get(UserLifecycleService).disable(id, 'admin');
    const token = await signIn('openid');
    for (const bad of [dead, `${token.slice(0, -8)}AAAAAAAA`, 'x', 'rgr_x'])
      expect(challengeOf(await ask(bad))).toEqual([401, 'invalid_token', true]);
    const { status, headers } = await send(endpoint, { method: 'GET' });
    expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer realm="regrant"']);
  });

  it('takes no ID token, and no token of a client for itself', async () => {
    const parameters = { grant_type: 'password', username: 'ann', password: PASSWORD, scope: 'openid' };
    const { body } = await tokenRequest(service.url, APP, parameters);
    const own = await tokenRequest(service.url, APP, { grant_type: 'client_credentials', scope: 'openid' });
    for (const token of [body.id_token as string, own.body.access_token!])
      expect(challengeOf(await ask(token))).toEqual([401, 'invalid_token', true]);
  });

  it('takes no token from the URL, where logs would keep it (A2)', async () => {
    const { status } = await send(`${endpoint}?access_token=${await signIn('openid')}`, { method: 'GET' });
    expect(status).toBe(401);
  });

  it('takes a bound token with a proof by its key only (RFC 9449 §7)', async () => {
    const [key, other] = [await dpopKey(), await dpopKey()];
    const token = await boundToken(key);
    const ath = createHash('sha256').update(token).digest('base64url');
    const by = async (prover: DpopKey) => ({
      authorization: `DPoP ${token}`,
      dpop: await proof(prover, endpoint, { htm: 'GET', ath }),
    });
    expect((await ask(token, 'GET', await by(key))).body).toEqual({ sub: ann });
    expect((await ask(token, 'GET', await by(other))).status).toBe(401);
    expect((await ask(token)).status).toBe(401);
  });

  it('lets pages of public clients ask (CORS)', async () => {
    const preflight = await send(endpoint, {
      method: 'OPTIONS',
      headers: { origin: ORIGIN, 'access-control-request-method': 'GET' },
    });
    expect([preflight.status, preflight.headers['access-control-allow-origin']]).toEqual([204, ORIGIN]);
    const answer = await ask(await signIn('openid'), 'GET', { origin: ORIGIN });
    expect(answer.headers['access-control-allow-origin']).toBe(ORIGIN);
    const stranger = await ask(await signIn('openid'), 'GET', { origin: 'https://evil.example' });
    expect(stranger.headers).not.toHaveProperty('access-control-allow-origin');
  });

  async function boundToken(key: DpopKey): Promise<string> {
    const parameters = { grant_type: 'password', username: 'ann', password: PASSWORD, scope: 'openid' };
    const headers = { dpop: await proof(key, `${service.url}/oauth2/token`) };
    return (await tokenRequest(service.url, { id: 'spa' }, parameters, headers)).body.access_token!;
  }
});
