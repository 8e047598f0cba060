import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { addRoute, gatewayUrl } from '../support/gateway.js';
import { basic, FORM, send } from '../support/http.js';
import { DEMO, firstRefreshToken, signIn } from '../support/oauth.js';
import { CLIENT_SECRET, registerClient, startApp, type TestApp } from '../support/test-app.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

interface Echo {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly url: string;
  readonly data: string;
}

describe('credentials at the gateway', () => {
  let upstream: Upstream;
  let service: TestApp;
  let gateway: string;
  beforeAll(async () => {
    upstream = await startUpstream();
    service = await startApp({ GATEWAY_PORT: '0' });
    gateway = gatewayUrl(service);
    await registerClient(service, { id: 'other', audiences: ['https://api.example'] });
    const refresh_token_param_type = ['header', 'query', 'body', 'cookie'] as const;
    const route = { upstream_url: upstream.url };
    await addRoute(service, { ...route, paths: ['/hide'], config: { refresh_token_param_type } });
    await addRoute(service, {
      ...route,
      paths: ['/show'],
      config: { refresh_token_param_type, hide_credentials: false },
    });
    await addRoute(service, { ...route, paths: ['/bearer'], config: { auth_methods: ['bearer'] } });
    await addRoute(service, { ...route, paths: ['/api'], config: { audience: ['https://api.example'] } });
    await addRoute(service, {
      ...route,
      paths: ['/other'],
      config: { client_id: 'other', client_secret: CLIENT_SECRET, scopes: [] },
    });
    await addRoute(service, { ...route, paths: ['/wrong'], config: { client_secret: 'a wrong secret' } });
  });
  afterAll(async () => {
    await service.stop();
    await upstream.stop();
  });

  async function call(path: string, headers: Record<string, string | string[]> = {}, body?: string) {
    const method = body === undefined ? 'GET' : 'POST';
    const answer = await send(`${gateway}${path}`, { method, headers, body });
    return { ...answer, echo: answer.body as unknown as Echo };
  }
  const token = () => firstRefreshToken(service.url);

  type Sent = [path: string, headers?: Record<string, string>, body?: string];
  it.each<[string, (token: string) => Sent]>([
    ['the header Refresh-Token', (value) => ['', { 'refresh-token': value }]],
    ['the header refresh_token', (value) => ['', { refresh_token: value }]],
    ['the query', (value) => [`?a=1&refresh_token=${value}&b=%20`]],
    ['a cookie', (value) => ['', { cookie: `a=1; refresh_token=${value}; b=2` }]],
    ['a form', (value) => ['', { 'content-type': FORM }, `a=1&refresh_token=${value}&b=%20`]],
    [
      'a JSON object',
      (value) => ['', { 'content-type': 'application/json' }, `{"a":1,"refresh_token":"${value}","b":[]}`],
    ],
  ])(
    'a refresh token in %s is taken, and goes on only where the route does not hide it',
    async (_place, sent) => {
      const [hidden, shown] = [await token(), await token()];
      const [path, headers, body] = sent(hidden);
      const answer = await call(`/hide${path}`, headers, body);
      expect(answer.status).toBe(200);
      expect(answer.echo.headers.Authorization).toMatch(/^Bearer /);
      expect(answer.text).not.toContain(hidden);
      if (body) expect(answer.echo.data).toBe(body.startsWith('{') ? '{"a":1,"b":[]}' : 'a=1&b=%20');
      if (path) expect(answer.echo.url).toBe('/?a=1&b=%20');
      if (headers?.cookie) expect(answer.echo.headers.Cookie).toBe('a=1; b=2');

      const [shownPath, shownHeaders, shownBody] = sent(shown);
      const open = await call(`/show${shownPath}`, shownHeaders, shownBody);
      expect(open.status).toBe(200);
      expect(open.text).toContain(shown);
    },
  );

  it('more than one refresh token, wherever, is refused and spends none', async () => {
    const value = await token();
    const refused = [
      await call(`/hide?refresh_token=${value}`, { 'refresh-token': value }),
      await call('/hide', { 'refresh-token': [value, value] }),
      await call('/hide', { 'content-type': FORM }, `refresh_token=${value}&refresh_token=${value}`),
    ];
    for (const { status, body } of refused) {
      expect(status).toBe(400);
      expect(body).toMatchObject({ detail: 'more than one refresh token in the request' });
    }
    expect((await call('/hide', { 'refresh-token': value })).status).toBe(200);
  });

  it('a body that is too long to be looked through is refused, unless there is no need to', async () => {
    const long = `a=${'x'.repeat(70_000)}`;
    expect((await call('/hide', { 'content-type': FORM }, long)).status).toBe(413);
    const answer = await call('/hide', { 'content-type': FORM, 'refresh-token': await token() }, long);
    expect(answer.echo.data).toBe(long);
  });

  it('an access token goes on if it is alive, and for the route', async () => {
    const { access_token: accessToken } = (await signIn(service.url)).body;
    const authorization = `Bearer ${accessToken}`;
    expect((await call('/bearer', { authorization })).echo.headers.Authorization).toBe(authorization);
    expect((await call('/api', { authorization })).status).toBe(401);
    const forged = `Bearer ${accessToken!.slice(0, -4)}AAAA`;
    const refused = await call('/bearer', { authorization: forged });
    expect(refused.status).toBe(401);
    expect(refused.body).toMatchObject({ error: 'invalid_token' });
    expect(refused.text).not.toContain(forged.slice(7));
    expect((await call('/bearer', { 'refresh-token': await token() })).status).toBe(401);
  });

  it.each([
    'Bearer',
    'Bearer a b',
    'Basic ***',
    'Basic OmE=',
    `Basic ${Buffer.from([0xff, 58, 65]).toString('base64')}`,
  ])('a malformed Authorization header is refused: %s', async (authorization) => {
    expect((await call('/hide', { authorization })).status).toBe(400);
  });

  it('a name and a password are a user, and if not a client', async () => {
    const asUser = await call('/hide', { authorization: basic('john', 'doe') });
    const asClient = await call('/hide', { authorization: basic(DEMO.id, DEMO.secret!) });
    const [user, client] = [asUser, asClient].map(({ echo }) =>
      decodeJwt(echo.headers.Authorization!.slice(7)),
    );
    expect(client!.sub).toBe('demo');
    expect(user!.sub).toMatch(/^[\da-f-]{36}$/);
    expect((await call('/hide', { authorization: basic('nobody', 'nothing') })).status).toBe(401);
  });

  it('tokens that another route got are not passed on where they are not meant for it', async () => {
    const headers = { 'refresh-token': await token() };
    expect((await call('/hide', headers)).status).toBe(200);
    expect((await call('/api', headers)).status).toBe(401);
    expect((await call('/hide', headers)).status).toBe(200);
  });

  it('a password is asked for once, and not by others in its place', async () => {
    const count = async () =>
      (await service.database.pool.query('SELECT id FROM token_family')).rowCount ?? 0;
    const authorization = basic('john', 'doe');
    const before = await count();
    const answers = await Promise.all(Array.from({ length: 10 }, () => call('/other', { authorization })));
    expect(new Set(answers.map(({ echo }) => echo.headers.Authorization)).size).toBe(1);
    expect(await count()).toBe(before + 1);
    expect((await call('/other', { authorization: basic('john', 'doe2') })).status).toBe(401);
  });

  it('a refresh token that another client got is refused, told to the operator, and not spent (L4)', async () => {
    const value = await token();
    const refused = await call('/other', { 'refresh-token': value });
    expect(refused.status).toBe(401);
    expect(refused.body).toMatchObject({ error: 'invalid_grant', detail: 'the refresh token is not valid' });
    expect(await metric('regrant_gateway_grants_total', { outcome: 'wrong_client' })).toBe(1);
    expect((await call('/hide', { 'refresh-token': value })).status).toBe(200);
  });

  it('that the issuer refuses the gateway is not the fault of the caller', async () => {
    const value = await token();
    const answer = await call('/wrong', { 'refresh-token': value });
    expect(answer.status).toBe(502);
    expect(answer.body).toMatchObject({ type: 'urn:regrant:problem:gateway-misconfigured' });
    expect((await call('/hide', { 'refresh-token': value })).status).toBe(200);
  });

  async function metric(name: string, labels: Record<string, string>): Promise<number | undefined> {
    const { Metrics } = await import('../../src/metrics/metrics.js');
    const { values = [] } = (await service.app.get(Metrics).registry.getSingleMetric(name)?.get()) ?? {};
    return values.find((value) => Object.entries(labels).every(([label, is]) => value.labels[label] === is))
      ?.value;
  }
});
