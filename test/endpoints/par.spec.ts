import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { authorizationParameters, authorize, CALLBACK, exchange, pageOf } from '../support/authorization.js';
import { FollowingBrowser, type Visit } from '../support/following-browser.js';
import { type Answer, basic, type Parameters, postForm, send } from '../support/http.js';
import { type Caller, DEMO } from '../support/oauth.js';
import { CLIENT_SECRET, registerClient, startApp, type TestApp } from '../support/test-app.js';

const OTHER: Caller = { id: 'other', secret: CLIENT_SECRET };

describe('POST /oauth2/par (RFC 9126, E3)', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp();
    await registerClient(service, {
      id: OTHER.id,
      grantTypes: ['authorization_code'],
      redirectUris: [CALLBACK],
      requirePushedAuthorizationRequests: true,
    });
    await registerClient(service, { id: 'no-code' });
  });
  afterAll(() => service.stop());

  const push = (overrides: Parameters = {}, { id, secret }: Caller = DEMO): Promise<Answer> =>
    postForm(
      `${service.url}/oauth2/par`,
      authorizationParameters({ client_id: id, ...overrides }),
      secret === undefined ? {} : { authorization: basic(id, secret) },
    );
  const open = (requestUri: unknown, clientId = DEMO.id, browser = new FollowingBrowser(service.url)) => {
    const query = new URLSearchParams({ client_id: clientId, request_uri: String(requestUri) });
    return browser.get(`/oauth2/authorize?${query.toString()}`);
  };

  it('takes a request and answers 201 with a request_uri that leads through sign-in to a code', async () => {
    const { status, body, headers } = await push({ state: 'pushed' });
    expect([status, headers['cache-control']]).toEqual([201, 'no-store']);
    expect(body).toEqual({
      request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:[\w-]{43}$/),
      expires_in: 90,
    });
    const query = new URLSearchParams({ client_id: DEMO.id, request_uri: String(body.request_uri) });
    const browser = new FollowingBrowser(service.url);
    const { url } = await authorize(browser, `/oauth2/authorize?${query.toString()}`);
    expect(url.searchParams.get('state')).toBe('pushed');
    expect((await exchange(service.url, url.searchParams.get('code')!)).status).toBe(200);
  });

  it('is good for one browser', async () => {
    const { body } = await push();
    const visits: Visit[] = await Promise.all(Array.from({ length: 8 }, () => open(body.request_uri)));
    expect(visits.map(pageOf).sort()).toEqual([...Array<string>(7).fill('error'), 'sign-in']);
  });

  it('is good for its client only, and another spends nothing (L4)', async () => {
    const { body } = await push();
    expect(pageOf(await open(body.request_uri, OTHER.id))).toBe('error');
    expect(pageOf(await open(body.request_uri))).toBe('sign-in');
  });

  it('is not good for longer than it says', async () => {
    const { body } = await push();
    await service.database.pool.query(
      'UPDATE pushed_authorization_request SET expires_at = clock_timestamp()',
    );
    expect(pageOf(await open(body.request_uri))).toBe('error');
  });

  it('ignores what the browser adds', async () => {
    const { body } = await push({ prompt: 'none' });
    const visit = await new FollowingBrowser(service.url).get(
      `/oauth2/authorize?${new URLSearchParams({
        client_id: DEMO.id,
        request_uri: String(body.request_uri),
        prompt: 'login',
        redirect_uri: 'https://evil.example/callback',
      }).toString()}`,
    );
    expect(visit.url.href).toMatch(/^http:\/\/127\.0\.0\.1:3000\/demo\/callback\?error=login_required/);
  });

  it('keeps no credentials of the client (L6)', async () => {
    const form = authorizationParameters({
      client_id: OTHER.id,
      client_secret: CLIENT_SECRET,
      scope: 'read',
    });
    expect((await postForm(`${service.url}/oauth2/par`, form)).status).toBe(201);
    const { rows } = await service.database.pool.query(
      'SELECT to_jsonb(p)::text AS row FROM pushed_authorization_request p',
    );
    expect(JSON.stringify(rows)).not.toContain('a client secret');
  });

  it('is the only way for a client that must push', async () => {
    const { body } = await push({ scope: 'read' }, OTHER);
    expect(pageOf(await open(body.request_uri, OTHER.id))).toBe('sign-in');
  });

  it('is the only way for everybody where the server says so', async () => {
    const strict = await startApp({ REQUIRE_PUSHED_AUTHORIZATION_REQUESTS: 'true' });
    try {
      const parameters = new URLSearchParams(authorizationParameters() as Record<string, string>);
      const { url } = await new FollowingBrowser(strict.url).get(
        `/oauth2/authorize?${parameters.toString()}`,
      );
      expect(url.searchParams.get('error')).toBe('invalid_request');
      const { body } = await send(`${strict.url}/.well-known/openid-configuration`, { method: 'GET' });
      expect(body.require_pushed_authorization_requests).toBe(true);
    } finally {
      await strict.stop();
    }
  });

  it.each<[string, Parameters, Caller | undefined, [number, string]]>([
    ['the client does not authenticate', {}, { id: DEMO.id }, [401, 'invalid_client']],
    [
      'the client may not use the grant',
      {},
      { id: 'no-code', secret: CLIENT_SECRET },
      [400, 'unauthorized_client'],
    ],
    [
      'the redirect URI is not registered',
      { redirect_uri: 'https://evil.example' },
      undefined,
      [400, 'invalid_request'],
    ],
    ['the challenge is missing', { code_challenge: undefined }, undefined, [400, 'invalid_request']],
    ['a scope is not registered', { scope: 'admin' }, undefined, [400, 'invalid_scope']],
    ['a parameter stands twice', { nonce: ['a', 'b'] }, undefined, [400, 'invalid_request']],
    [
      'it has a request_uri',
      { request_uri: 'urn:ietf:params:oauth:request_uri:x' },
      undefined,
      [400, 'request_uri_not_supported'],
    ],
  ])('is refused when %s, as JSON', async (_case, overrides, client, expected) => {
    const answer = await push(overrides, client);
    expect([answer.status, answer.body.error]).toEqual(expected);
  });

  it('takes POST only', async () => {
    const { status, headers } = await send(`${service.url}/oauth2/par`, { method: 'GET' });
    expect([status, headers.allow]).toEqual([405, 'POST']);
  });
});
