import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { addRoute, gatewayUrl } from '../support/gateway.js';
import { basic, postForm, send } from '../support/http.js';
import { startApp, type TestApp } from '../support/test-app.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

const PROVIDER = fileURLToPath(new URL('../support/other-issuer.mjs', import.meta.url));
const API = 'https://api.example';

type Sent = Readonly<Record<'Authorization' | 'Refresh-Token', string>>;

describe('the gateway before services, with node-oidc-provider as the issuer', () => {
  let provider: ChildProcess;
  let issuer: string;
  let upstream: Upstream;
  let service: TestApp;
  let gateway: string;
  beforeAll(async () => {
    provider = spawn(process.execPath, [PROVIDER], { stdio: ['ignore', 'pipe', 'inherit'] });
    [issuer = ''] = (await once(createInterface(provider.stdout!), 'line')) as [string];
    upstream = await startUpstream();
    service = await startApp({ GATEWAY_PORT: '0' });
    gateway = gatewayUrl(service);
    const config = {
      issuer,
      client_id: 'gateway',
      client_secret: 'gateway-secret',
      upstream_refresh_token_header: 'refresh_token',
    };
    const route = { upstream_url: upstream.url };
    await addRoute(service, { ...route, paths: ['/any'], config });
    await addRoute(service, { ...route, paths: ['/api'], config: { ...config, audience: [API] } });
    await addRoute(service, {
      ...route,
      paths: ['/else'],
      config: { ...config, audience: ['https://else.example'] },
    });
    await addRoute(service, {
      ...route,
      paths: ['/another'],
      config: { ...config, client_id: 'another', client_secret: 'another-secret' },
    });
    await addRoute(service, {
      ...route,
      paths: ['/poster'],
      config: { ...config, client_id: 'poster', client_secret: 'poster-secret', client_auth: 'post' },
    });
    await addRoute(service, { ...route, paths: ['/wrong'], config: { ...config, client_secret: 'wrong' } });
  });
  afterAll(async () => {
    await service.stop();
    await upstream.stop();
    provider.kill();
  });

  async function call(path: string, headers: Record<string, string>) {
    const answer = await send(`${gateway}${path}`, { method: 'GET', headers });
    const sent = answer.body.headers as Sent | undefined;
    return { ...answer, access: sent?.Authorization.slice(7) ?? '', newest: sent?.['Refresh-Token'] ?? '' };
  }
  const signIn = (username = 'john') => call('/any', { authorization: basic(username, 'doe') });

  it('gets a refresh token by password, and a bearer token by that refresh token', async () => {
    const first = await signIn();
    expect(first.status).toBe(200);
    const second = await call('/api', { 'refresh-token': first.newest });
    expect(second.status).toBe(200);
    expect(second.newest).not.toBe(first.newest);
    expect(decodeJwt(second.access)).toMatchObject({ iss: issuer, aud: API, sub: 'john' });
    expect((await call('/any', { authorization: basic('john', 'wrong') })).body).toMatchObject({
      status: 401,
      error: 'invalid_grant',
    });
  });

  it('exchanges a token once, though it would be revoked for the second time', async () => {
    const { newest } = await signIn('parallel');
    const headers = { 'refresh-token': newest };
    const answers = await Promise.all(Array.from({ length: 20 }, () => call('/any', headers)));
    expect(new Set(answers.map(({ status, access }) => `${status} ${access}`)).size).toBe(1);
    expect(answers[0]!.status).toBe(200);
    expect((await call('/any', { 'refresh-token': answers[0]!.newest })).status).toBe(200);
  });

  it('takes a JWT whose signature and audience are right, and an opaque token that the issuer knows', async () => {
    const { newest, access: opaque } = await signIn('bearer');
    const { access } = await call('/api', { 'refresh-token': newest });
    const bearer = (path: string, token: string) => call(path, { authorization: `Bearer ${token}` });
    expect((await bearer('/api', access)).status).toBe(200);
    expect((await bearer('/else', access)).status).toBe(401);
    expect((await bearer('/any', opaque)).status).toBe(200);
    expect((await bearer('/any', `${opaque}x`)).status).toBe(401);
    const [head, body, signature = ''] = access.split('.');
    const forged = [head, body, signature.split('').reverse().join('')].join('.');
    expect((await bearer('/any', forged)).status).toBe(401);
  });

  it('gets no token through for another route than it is meant for', async () => {
    const { newest } = await signIn('else');
    expect((await call('/else', { 'refresh-token': newest })).status).toBe(401);
  });

  it('lets a client in on its own behalf, and authenticates itself by post where it is to', async () => {
    const answer = await call('/any', { authorization: basic('another', 'another-secret') });
    expect(answer.status).toBe(200);
    const posted = await postForm(`${issuer}/token`, {
      grant_type: 'password',
      username: 'p',
      password: 'doe',
      client_id: 'poster',
      client_secret: 'poster-secret',
    });
    expect((await call('/poster', { 'refresh-token': posted.body.refresh_token! })).status).toBe(200);
  });

  it('refuses a token of another client, and says so where the issuer refuses the gateway itself', async () => {
    const { newest } = await signIn('wrong');
    expect((await call('/another', { 'refresh-token': newest })).status).toBe(401);
    expect((await call('/wrong', { 'refresh-token': newest })).status).toBe(502);
    expect((await call('/any', { 'refresh-token': newest })).status).toBe(200);
  });
});
