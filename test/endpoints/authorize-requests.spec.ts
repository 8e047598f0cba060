import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { authorizeUrl, CALLBACK, pageOf } from '../support/authorization.js';
import { FollowingBrowser, type Visit } from '../support/following-browser.js';
import { type Parameters, send } from '../support/http.js';
import { registerClient, startApp, type TestApp } from '../support/test-app.js';

const HTTPS_CALLBACK = 'https://app.example/callback';

describe('authorization requests', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp();
    await registerClient(service, {
      id: 'app',
      grantTypes: ['authorization_code'],
      redirectUris: [HTTPS_CALLBACK, `${HTTPS_CALLBACK}?tenant=1`, 'com.example.app:/callback'],
      audiences: ['https://api.example'],
    });
    await registerClient(service, { id: 'no-code', redirectUris: [HTTPS_CALLBACK] });
    await registerClient(service, {
      id: 'must-push',
      grantTypes: ['authorization_code'],
      redirectUris: [HTTPS_CALLBACK],
      requirePushedAuthorizationRequests: true,
    });
  });
  afterAll(() => service.stop());

  const ask = (overrides: Parameters): Promise<Visit> =>
    new FollowingBrowser(service.url).get(authorizeUrl(service.url, overrides));
  const asApp = (overrides: Parameters): Promise<Visit> =>
    ask({ client_id: 'app', redirect_uri: HTTPS_CALLBACK, scope: 'read', ...overrides });

  it.each<[string, Parameters]>([
    ['client_id is missing', { client_id: undefined }],
    ['client_id stands twice', { client_id: ['demo', 'demo'] }],
    ['the client is unknown', { client_id: 'nobody' }],
    ['the client may not use the grant', { client_id: 'no-code', redirect_uri: HTTPS_CALLBACK }],
    ['redirect_uri is missing', { redirect_uri: undefined }],
    ['redirect_uri stands twice', { redirect_uri: [CALLBACK, CALLBACK] }],
    ['redirect_uri is another client’s', { redirect_uri: HTTPS_CALLBACK }],
  ])('shows a page and redirects nowhere when %s', async (_case, overrides) => {
    const visit = await ask(overrides);
    expect(visit.status).toBe(400);
    expect(pageOf(visit)).toBe('error');
    expect(visit.headers.location).toBeUndefined();
    expect(visit.headers['content-type']).toMatch(/^text\/html/);
  });

  it.each([
    'https://app.example.evil.example/callback',
    'https://app.example/callback/../evil',
    'https://app.example/callback/',
    'https://app.example@evil.example/callback',
    'https://app.example/%63allback',
    'https://аpp.example/callback',
    'https://app.example/callback#fragment',
    'https://app.example/callback?x=1',
    'https://app.example\\@evil.example/callback',
    'https://APP.example/callback',
    'https://app.example:443/callback',
    'https://app.example./callback',
    'https://app.example/callback%0d%0aset-cookie:x=1',
    'javascript:alert(1)//https://app.example/callback',
    'data:text/html,https://app.example/callback',
    '//app.example/callback',
    'com.example.app:/callback/2',
    'com.example.app2:/callback',
  ])('trusts no redirect URI but those registered, to the letter: %s', async (redirect_uri) => {
    const visit = await asApp({ redirect_uri });
    expect([visit.status, pageOf(visit)]).toEqual([400, 'error']);
    expect(visit.headers.location).toBeUndefined();
  });

  it.each([
    [HTTPS_CALLBACK, `${HTTPS_CALLBACK}?error=`],
    [`${HTTPS_CALLBACK}?tenant=1`, `${HTTPS_CALLBACK}?tenant=1&error=`],
    ['com.example.app:/callback', 'com.example.app:/callback?error='],
  ])('answers at a registered redirect URI as it is, %s', async (redirect_uri, expected) => {
    const visit = await asApp({ redirect_uri, prompt: 'none' });
    expect(visit.status).toBe(303);
    expect(String(visit.headers.location).slice(0, expected.length)).toBe(expected);
  });

  it.each<[string, Parameters, string]>([
    ['response_type is missing', { response_type: undefined }, 'invalid_request'],
    ['response_type stands twice', { response_type: ['code', 'code'] }, 'invalid_request'],
    ['the implicit flow is asked for', { response_type: 'token' }, 'unsupported_response_type'],
    ['an ID token is asked for', { response_type: 'id_token' }, 'unsupported_response_type'],
    ['a hybrid flow is asked for', { response_type: 'code id_token' }, 'unsupported_response_type'],
    ['response_mode is fragment', { response_mode: 'fragment' }, 'invalid_request'],
    ['there is no PKCE (E4)', { code_challenge: undefined }, 'invalid_request'],
    [
      'the PKCE method is left out, and so plain (E4)',
      { code_challenge_method: undefined },
      'invalid_request',
    ],
    ['the PKCE method is plain (E4)', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['the challenge is too short', { code_challenge: 'short' }, 'invalid_request'],
    ['the challenge is no base64url', { code_challenge: '='.repeat(43) }, 'invalid_request'],
    ['the challenge stands twice', { code_challenge: ['a'.repeat(43), 'b'.repeat(43)] }, 'invalid_request'],
    ['a scope is not registered', { scope: 'read profile' }, 'invalid_scope'],
    ['the scope is malformed', { scope: 'read  write' }, 'invalid_scope'],
    ['a resource is not registered', { resource: 'https://other.example' }, 'invalid_target'],
    ['a resource has a fragment', { resource: 'https://api.example#x' }, 'invalid_target'],
    ['prompt is unknown', { prompt: 'please' }, 'invalid_request'],
    ['prompt is none and login', { prompt: 'none login' }, 'invalid_request'],
    ['max_age is negative', { max_age: '-1' }, 'invalid_request'],
    ['max_age is no number', { max_age: 'old' }, 'invalid_request'],
    ['a request object comes', { request: 'e30.e30.' }, 'request_not_supported'],
    ['a request_uri of its own comes', { request_uri: 'https://app.example/r' }, 'request_uri_not_supported'],
    ['registration comes', { registration: '{}' }, 'registration_not_supported'],
    ['dpop_jkt is malformed', { dpop_jkt: 'x' }, 'invalid_request'],
    ['nonce stands twice', { nonce: ['a', 'b'] }, 'invalid_request'],
    ['an unknown parameter stands twice', { whatever: ['a', 'b'] }, 'invalid_request'],
    ['state is endless', { state: 'x'.repeat(5_000) }, 'invalid_request'],
    ['nobody is signed in and no page may be shown', { prompt: 'none' }, 'login_required'],
  ])(
    'tells the client, with state and iss, when %s (RFC 6749 §4.1.2.1, RFC 9207)',
    async (_case, overrides, error) => {
      const state = typeof overrides.state === 'string' ? overrides.state : 'the state';
      const visit = await asApp({ ...overrides, state });
      expect(visit.status).toBe(303);
      const answer = new URL(String(visit.headers.location));
      expect(answer.origin + answer.pathname).toBe(HTTPS_CALLBACK);
      expect(Object.fromEntries(answer.searchParams)).toEqual({
        error,
        error_description: expect.stringMatching(/^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/),
        state,
        iss: service.url,
      });
    },
  );

  it('takes no state of two', async () => {
    const visit = await asApp({ state: ['one', 'two'] });
    const answer = new URL(String(visit.headers.location));
    expect(answer.searchParams.get('error')).toBe('invalid_request');
    expect(answer.searchParams.has('state')).toBe(false);
  });

  it('answers nothing about what only pushing may ask', async () => {
    const visit = await asApp({ client_id: 'must-push' });
    expect(new URL(String(visit.headers.location)).searchParams.get('error')).toBe('invalid_request');
  });

  it('ignores what are wishes: claims, acr_values, display and unknown parameters', async () => {
    const visit = await asApp({ claims: '{}', acr_values: 'gold', display: 'popup', whatever: 'x' });
    expect([visit.status, pageOf(visit)]).toEqual([200, 'sign-in']);
  });

  it('takes a form as well as a query (OIDC Core §3.1.2.1)', async () => {
    const parameters = new URL(authorizeUrl(service.url)).searchParams;
    const visit = await new FollowingBrowser(service.url).post(
      '/oauth2/authorize',
      Object.fromEntries(parameters),
    );
    expect([visit.status, pageOf(visit)]).toEqual([200, 'sign-in']);
  });

  it.each(['PUT', 'DELETE', 'PATCH'])('does not take %s', async (method) => {
    expect((await send(authorizeUrl(service.url), { method })).status).toBe(405);
  });

  it('is off where the grant is', async () => {
    const off = await startApp({ DISABLED_GRANT_TYPES: 'authorization_code' });
    try {
      const browser = new FollowingBrowser(off.url);
      const visit = await browser.get(authorizeUrl(off.url));
      expect([visit.status, pageOf(visit)]).toEqual([400, 'error']);
      const { body } = await browser.get('/.well-known/openid-configuration');
      expect(body).not.toHaveProperty('authorization_endpoint');
      expect(body.response_types_supported).toEqual([]);
    } finally {
      await off.stop();
    }
  });
});
