import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SessionEndService } from '../../src/revocation/session-end.service.js';
import { Database } from '../../src/database/database.js';
import { FormBrowser, hiddenFields } from '../support/browser.js';
import { countEvents, familyRow } from '../support/families.js';
import { type Answer } from '../support/http.js';
import { type Caller, refresh } from '../support/oauth.js';
import { SignedInPerson } from '../support/signed-in.js';
import { CLIENT_SECRET, registerClient, startApp, type TestApp } from '../support/test-app.js';

const APP: Caller = { id: 'app', secret: CLIENT_SECRET };
const AFTER = 'https://app.example/signed-out';
const WITH_QUERY = 'https://app.example/signed-out?from=op';
const LOGOUT = '/oauth2/logout';

describe('RP-initiated logout', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp();
    const scopes = ['openid', 'profile', 'offline_access'];
    await registerClient(service, {
      id: APP.id,
      name: 'The App',
      scopes,
      defaultScopes: [],
      postLogoutRedirectUris: [AFTER, WITH_QUERY],
    });
    await registerClient(service, { id: 'other', scopes, defaultScopes: [] });
  });
  afterAll(() => service.stop());

  const person = () => SignedInPerson.at(service);
  const to = (parameters: Record<string, string>) =>
    `${LOGOUT}?${new URLSearchParams(parameters).toString()}`;
  const goesTo = ({ status, headers }: Answer) => [status, headers.location];
  const isRefused = async (token: string) =>
    (await refresh(service.url, token, APP)).body.error === 'invalid_grant';

  it('with an ID token of the session signs out at once, and goes on with the state', async () => {
    const someone = await person();
    const { id_token = '' } = await someone.tokensFor(APP.id);
    const answer = await someone.browser.get(
      to({ id_token_hint: id_token, post_logout_redirect_uri: AFTER, state: 'a b&c' }),
    );
    expect(goesTo(answer)).toEqual([303, `${AFTER}?state=a%20b%26c`]);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(await someone.isSignedIn()).toBe(false);
    expect([...someone.browser.cookies.keys()]).not.toContain('regrant-session');
  });

  it('goes on to a place with a query to the letter, the state after it', async () => {
    const someone = await person();
    const { id_token = '' } = await someone.tokensFor(APP.id);
    const parameters = { id_token_hint: id_token, post_logout_redirect_uri: WITH_QUERY, state: 'x' };
    expect(goesTo(await someone.browser.get(to(parameters)))).toEqual([303, `${WITH_QUERY}&state=x`]);
  });

  it('ends the session’s tokens but for offline_access, each with one event by the user (L2, L5, A7)', async () => {
    const someone = await person();
    const online = await someone.tokensFor(APP.id);
    const offline = await someone.tokensFor(APP.id, ['openid', 'offline_access']);
    const elsewhere = await (await person()).tokensFor(APP.id);
    await someone.browser.get(to({ id_token_hint: online.id_token! }));
    expect(await isRefused(online.refresh_token!)).toBe(true);
    expect((await refresh(service.url, offline.refresh_token!, APP)).status).toBe(200);
    expect((await refresh(service.url, elsewhere.refresh_token!, APP)).status).toBe(200);
    const { pool } = service.database;
    expect((await familyRow(pool, online.refresh_token!))?.revocation_reason).toBe('logout');
    expect(await countEvents(pool, online.refresh_token!)).toBe(1);
    expect(await countEvents(pool, offline.refresh_token!)).toBe(0);
  });

  it('does the same from the account page', async () => {
    const someone = await person();
    const online = await someone.tokensFor(APP.id);
    const { csrf_token = '' } = hiddenFields(await someone.browser.get('/account'));
    expect(goesTo(await someone.browser.post('/account/sign-out', { csrf_token }))).toEqual([
      303,
      '/signed-out',
    ]);
    expect([await someone.isSignedIn(), await isRefused(online.refresh_token!)]).toEqual([false, true]);
  });

  it('lets no family begin in a session that has ended (finality)', async () => {
    const someone = await person();
    await service.app
      .get(Database)
      .transaction((transaction) => service.app.get(SessionEndService).end(transaction, someone.sessionId));
    for (const scopes of [['openid'], ['openid', 'offline_access']])
      await expect(someone.tokensFor(APP.id, scopes)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('takes an ID token that has expired, since it still says who', async () => {
    const id = 'short-lived';
    await registerClient(service, {
      id,
      scopes: ['openid'],
      defaultScopes: [],
      tokenPolicy: { access_token_lifetime: 1 },
      postLogoutRedirectUris: [AFTER],
    });
    const someone = await person();
    const { id_token = '' } = await someone.tokensFor(id);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect((await someone.browser.get(to({ id_token_hint: id_token }))).status).toBe(200);
    expect(await someone.isSignedIn()).toBe(false);
  });

  it('by a form of the client’s comes round by GET, where the browser brings its cookies (POST)', async () => {
    const someone = await person();
    const { id_token = '' } = await someone.tokensFor(APP.id);
    const stranger = new FormBrowser(service.url);
    const answer = await stranger.post(LOGOUT, { id_token_hint: id_token, post_logout_redirect_uri: AFTER });
    expect(answer.status).toBe(303);
    expect(answer.headers.location).not.toContain(id_token);
    expect(goesTo(await someone.browser.get(answer.headers.location as string))).toEqual([303, AFTER]);
    expect(await someone.isSignedIn()).toBe(false);
  });

  it('of nobody goes on as if there had been somebody, and tells nothing', async () => {
    const stranger = new FormBrowser(service.url);
    const parameters = { client_id: APP.id, post_logout_redirect_uri: AFTER };
    expect(goesTo(await stranger.get(to(parameters)))).toEqual([303, AFTER]);
    expect((await stranger.get(LOGOUT)).text).toContain('<h1>');
  });

  describe('without an ID token of the person who is signed in', () => {
    it('asks first, on a page that cannot be framed, and does what they decide', async () => {
      const someone = await person();
      const page = await someone.browser.get(
        to({ client_id: APP.id, post_logout_redirect_uri: AFTER, state: '<x>' }),
      );
      expect(page.status).toBe(200);
      expect(page.text).toContain('The App');
      expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(await someone.isSignedIn()).toBe(true);
      const stay = await someone.browser.submit(page, { decision: 'stay' });
      expect([...goesTo(stay), await someone.isSignedIn()]).toEqual([303, '/account', true]);
      const leave = await someone.browser.submit(page, { decision: 'sign_out' });
      expect(goesTo(leave)).toEqual([303, `${AFTER}?state=%3Cx%3E`]);
      expect(await someone.isSignedIn()).toBe(false);
    });

    it.each([
      ['no hint', () => Promise.resolve('')],
      ['another person’s ID token', async () => (await (await person()).tokensFor(APP.id)).id_token!],
      [
        'an access token of theirs',
        async (someone: SignedInPerson) => (await someone.tokensFor(APP.id)).access_token,
      ],
      [
        'an ID token with another signature',
        async (someone: SignedInPerson) =>
          (await someone.tokensFor(APP.id)).id_token!.replace(/\.[^.]+$/, `.${'A'.repeat(86)}`),
      ],
      ['an unsigned one', () => Promise.resolve('eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiJ4In0.')],
    ])('asks for %s', async (_what, hintOf) => {
      const someone = await person();
      const page = await someone.browser.get(to({ id_token_hint: await hintOf(someone) }));
      expect(page.status).toBe(200);
      expect(page.text).toContain('name="decision"');
      expect(await someone.isSignedIn()).toBe(true);
    });

    it('is signed out by no other site’s form, nor by one of another session (CSRF)', async () => {
      const [someone, attacker] = [await person(), await person()];
      const page = await someone.browser.get(LOGOUT);
      const theirs = hiddenFields(await attacker.browser.get(LOGOUT));
      const { request = '' } = hiddenFields(page);
      for (const csrf of [{}, { csrf_token: '' }, { csrf_token: theirs.csrf_token! }]) {
        const fields = { request, ...csrf, decision: 'sign_out' };
        expect((await someone.browser.post(`${LOGOUT}/confirm`, fields)).status).toBe(403);
      }
      expect(await someone.isSignedIn()).toBe(true);
    });
  });

  it.each([
    [
      'a place that nobody registered',
      { client_id: 'app', post_logout_redirect_uri: 'https://evil.example/' },
    ],
    ['a registered place of another client', { client_id: 'other', post_logout_redirect_uri: AFTER }],
    ['a registered place without a client', { post_logout_redirect_uri: AFTER }],
    ['a longer path', { client_id: 'app', post_logout_redirect_uri: `${AFTER}/more` }],
    ['another query', { client_id: 'app', post_logout_redirect_uri: `${AFTER}?next=https://evil.example` }],
    ['a fragment', { client_id: 'app', post_logout_redirect_uri: `${AFTER}#x` }],
    [
      'a user part',
      { client_id: 'app', post_logout_redirect_uri: 'https://app.example@evil.example/signed-out' },
    ],
    ['another case', { client_id: 'app', post_logout_redirect_uri: 'https://APP.example/signed-out' }],
    ['a dot path', { client_id: 'app', post_logout_redirect_uri: 'https://app.example/x/../signed-out' }],
    ['a script', { client_id: 'app', post_logout_redirect_uri: 'javascript:alert(1)' }],
    ['a path of no host', { client_id: 'app', post_logout_redirect_uri: '//evil.example/' }],
    ['an unknown client', { client_id: 'nobody', post_logout_redirect_uri: AFTER }],
  ])('is refused with a page, for %s, and ends nothing (open redirect)', async (_what, parameters) => {
    const someone = await person();
    const { status, headers, text } = await someone.browser.get(to(parameters));
    expect([status, headers.location]).toEqual([400, undefined]);
    expect(headers['content-type']).toMatch(/^text\/html/);
    expect(text).not.toContain('evil.example');
    expect(await someone.isSignedIn()).toBe(true);
  });

  it('refuses a client_id that the ID token is not for, and parameters that stand twice', async () => {
    const someone = await person();
    const { id_token = '' } = await someone.tokensFor(APP.id);
    for (const url of [
      to({ id_token_hint: id_token, client_id: 'other' }),
      `${LOGOUT}?client_id=app&client_id=other`,
    ]) {
      expect((await someone.browser.get(url)).status).toBe(400);
    }
    expect(await someone.isSignedIn()).toBe(true);
  });

  it('goes where nobody but we said: what is sealed can be neither made nor changed', async () => {
    const stranger = new FormBrowser(service.url);
    const { headers } = await stranger.post(LOGOUT, { client_id: APP.id, post_logout_redirect_uri: AFTER });
    const [path = '', sealed = ''] = (headers.location as string).split('request=');
    const changed = sealed.replace(
      /^(.{40})(.)/,
      (_, before: string, one) => before + (one === 'A' ? 'B' : 'A'),
    );
    for (const forged of ['', 'x', sealed.slice(2), sealed.slice(0, -4), changed]) {
      const answer = await stranger.get(`${path}request=${forged}`);
      expect([answer.status >= 400, answer.headers.location]).toEqual([true, undefined]);
    }
  });

  it('shows nothing unescaped of what it was sent (XSS)', async () => {
    const someone = await person();
    const parameters = {
      client_id: APP.id,
      state: '"><script>1</script>',
      ui_locales: '"><b>',
      logout_hint: '<i>',
    };
    const { status, text } = await someone.browser.get(to(parameters));
    expect(status).toBe(200);
    expect(text).not.toMatch(/<script|<b>|<i>/);
  });
});

describe('logout where LOGOUT_REVOKES_TOKENS is off', () => {
  it('ends the session and leaves the tokens', async () => {
    const service = await startApp({ LOGOUT_REVOKES_TOKENS: 'false' });
    try {
      await registerClient(service, { id: APP.id, scopes: ['openid'], defaultScopes: [] });
      const someone = await SignedInPerson.at(service);
      const { id_token = '', refresh_token = '' } = await someone.tokensFor(APP.id);
      await someone.browser.get(`${LOGOUT}?id_token_hint=${id_token}`);
      expect(await someone.isSignedIn()).toBe(false);
      expect((await refresh(service.url, refresh_token, APP)).status).toBe(200);
    } finally {
      await service.stop();
    }
  });
});
