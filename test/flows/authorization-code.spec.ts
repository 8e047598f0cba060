import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { DEMO_USER } from '../../src/first-run/demo-accounts.js';
import {
  authorize,
  authorizeUrl,
  CALLBACK,
  exchange,
  freshCode,
  pageOf,
  VERIFIER,
} from '../support/authorization.js';
import { FollowingBrowser } from '../support/following-browser.js';
import { type Caller, refresh } from '../support/oauth.js';
import { CLIENT_SECRET, createUser, registerClient, startApp, type TestApp } from '../support/test-app.js';

const SPA: Caller = { id: 'demo-spa' };
const NO_REFRESH: Caller = { id: 'no-refresh', secret: CLIENT_SECRET };
const API = 'https://api.example';

describe('authorization code grant', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp();
    await createUser(service, 'mary', 'mary-password');
    const grantTypes = ['authorization_code', 'refresh_token'];
    const redirectUris = [CALLBACK];
    const scopes = ['openid', 'email', 'offline_access', 'read', 'users:read'];
    await registerClient(service, {
      id: NO_REFRESH.id,
      grantTypes: ['authorization_code'],
      redirectUris,
      scopes,
      defaultScopes: [],
    });
    await registerClient(service, {
      id: 'first-party',
      grantTypes,
      redirectUris,
      scopes,
      defaultScopes: ['read'],
      audiences: [API, 'https://other.example'],
      consentRequired: false,
    });
  });
  afterAll(() => service.stop());

  const browser = () => new FollowingBrowser(service.url);
  const asFirstParty = { client_id: 'first-party', scope: undefined };
  const FIRST_PARTY: Caller = { id: 'first-party', secret: CLIENT_SECRET };

  it('signs a person in, asks them, and gives the client tokens that it can refresh (RFC 6749 §4.1)', async () => {
    const at = browser();
    const signIn = await at.get(authorizeUrl(service.url, { state: 'the state' }));
    expect(pageOf(signIn)).toBe('sign-in');
    const consent = await at.submit(signIn, DEMO_USER);
    expect(pageOf(consent)).toBe('consent');
    const { url } = await at.submit(consent, { decision: 'allow' });
    expect(url.origin + url.pathname).toBe(CALLBACK);
    const { code, ...rest } = Object.fromEntries(url.searchParams);
    expect(rest).toEqual({ state: 'the state', iss: service.url });
    expect(code).toMatch(/^rgz_[\w-]{43}$/);
    const answer = await exchange(service.url, code!);
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' });
    expect(answer.body).toMatchObject({
      token_type: 'Bearer',
      scope: 'openid email',
      refresh_token: expect.stringMatching(/^rgr_/),
    });
    expect(decodeJwt(answer.body.access_token!)).toMatchObject({ client_id: 'demo', amr: ['pwd'] });
    expect((await refresh(service.url, answer.body.refresh_token!)).status).toBe(200);
  });

  it('asks nobody twice for the same, and again for more', async () => {
    const at = browser();
    const pages = [];
    for (const scope of ['profile', 'profile', 'profile email', 'email']) {
      const first = await at.get(authorizeUrl(service.url, { scope }));
      const mary = { username: 'mary', password: 'mary-password' };
      const visit = pageOf(first) === 'sign-in' ? await at.submit(first, mary) : first;
      pages.push(pageOf(visit));
      if (pageOf(visit) === 'consent') await at.submit(visit, { decision: 'allow' });
    }
    expect(pages).toEqual(['consent', 'elsewhere', 'consent', 'elsewhere']);
  });

  it('tells the client of a refusal, and remembers none of it', async () => {
    const at = browser();
    const user = { username: 'mary', password: 'mary-password' } as unknown as typeof DEMO_USER;
    for (let round = 0; round < 2; round += 1) {
      const { url } = await authorize(at, authorizeUrl(service.url), { user, decision: 'deny' });
      expect(url.searchParams.get('error')).toBe('access_denied');
      expect(url.searchParams.get('iss')).toBe(service.url);
    }
  });

  it('does not ask for a client of which no consent is required, unless the client wants it', async () => {
    const at = browser();
    const url = authorizeUrl(service.url, asFirstParty);
    expect(pageOf(await at.submit(await at.get(url), DEMO_USER))).toBe('elsewhere');
    const asked = await at.get(authorizeUrl(service.url, { ...asFirstParty, prompt: 'consent' }));
    expect(pageOf(asked)).toBe('consent');
  });

  it('answers prompt=none without a page: login_required, consent_required or a code (OIDC Core §3.1.2.6)', async () => {
    const at = browser();
    const silently = async (scope: string) => {
      const visit = await at.get(authorizeUrl(service.url, { scope, prompt: 'none' }));
      const { error, code } = Object.fromEntries(visit.url.searchParams);
      return error ?? code?.slice(0, 4);
    };
    expect(await silently('email')).toBe('login_required');
    await authorize(at, authorizeUrl(service.url, { scope: 'email' }));
    expect(await silently('email')).toBe('rgz_');
    expect(await silently('email events.read')).toBe('consent_required');
  });

  it('answers about the person that id_token_hint names, and about nobody else (OIDC Core §3.1.2.1)', async () => {
    const at = browser();
    const code = (await authorize(at, authorizeUrl(service.url))).url.searchParams.get('code')!;
    const id_token_hint = (await exchange(service.url, code)).body.id_token as string;
    const hinted = authorizeUrl(service.url, { id_token_hint, prompt: 'none' });
    expect((await at.get(hinted)).url.searchParams.get('code')).toMatch(/^rgz_/);
    const other = browser();
    const mary = { username: 'mary', password: 'mary-password' } as unknown as typeof DEMO_USER;
    await authorize(other, authorizeUrl(service.url), { user: mary });
    expect((await other.get(hinted)).url.searchParams.get('error')).toBe('login_required');
    const asked = await other.get(authorizeUrl(service.url, { id_token_hint }));
    expect(pageOf(asked)).toBe('sign-in');
    const still = await other.submit(asked, mary);
    expect(still.url.searchParams.get('error')).toBe('login_required');
    const again = await other.get(authorizeUrl(service.url, { id_token_hint }));
    const right = await other.submit(again, DEMO_USER);
    expect(right.url.searchParams.get('code')).toMatch(/^rgz_/);
  });

  it.each(['nonsense', ''])(
    'refuses an id_token_hint that is none, but for an empty one: %j',
    async (hint) => {
      const visit = await browser().get(authorizeUrl(service.url, { id_token_hint: hint, prompt: 'none' }));
      expect(visit.url.searchParams.get('error')).toBe(hint === '' ? 'login_required' : 'invalid_request');
    },
  );

  it.each<[string, Record<string, string>]>([
    ['prompt=login', { prompt: 'login' }],
    ['prompt=select_account', { prompt: 'select_account' }],
    ['max_age=0', { max_age: '0' }],
  ])('has a person who is signed in sign in again for %s, once', async (_case, overrides) => {
    const at = browser();
    await authorize(at, authorizeUrl(service.url));
    const again = await at.get(authorizeUrl(service.url, overrides));
    expect(pageOf(again)).toBe('sign-in');
    const visit = await at.submit(again, DEMO_USER);
    expect(visit.url.searchParams.get('code')).toMatch(/^rgz_/);
  });

  it('does not for a max_age that is not over', async () => {
    const at = browser();
    await authorize(at, authorizeUrl(service.url));
    expect(pageOf(await at.get(authorizeUrl(service.url, { max_age: '600' })))).toBe('elsewhere');
  });

  it('gives no refresh token to a client that may not refresh, and asks for no offline access there (A17)', async () => {
    const at = browser();
    const url = authorizeUrl(service.url, { client_id: NO_REFRESH.id, scope: 'read offline_access' });
    const { text } = await at.submit(await at.get(url), DEMO_USER);
    expect(text).not.toContain('offline_access');
    const code = await freshCode(service.url, { client_id: NO_REFRESH.id, scope: 'read offline_access' }, at);
    const { body } = await exchange(service.url, code, NO_REFRESH);
    expect(body.scope).toBe('read');
    expect(body).not.toHaveProperty('refresh_token');
  });

  it('remembers offline access, session, device and place with the family (A14)', async () => {
    const code = await freshCode(service.url, { scope: 'openid offline_access' });
    const { body } = await exchange(service.url, code);
    const { sid } = decodeJwt(body.access_token!);
    const { rows } = await service.database.pool.query(
      `SELECT f.offline, f.signed_in_address, f.browser_session_id = s.id AS is_of_session, c.sid = f.id AS is_noted
       FROM token_family f JOIN browser_session s ON s.id = f.browser_session_id
       JOIN browser_session_client c ON c.session_id = s.id WHERE f.id = $1`,
      [sid],
    );
    expect(rows).toEqual([
      { offline: true, signed_in_address: '127.0.0.1', is_of_session: true, is_noted: true },
    ]);
  });

  it('gives people no scope of the management API that no role of theirs has', async () => {
    const code = await freshCode(service.url, { ...asFirstParty, scope: 'read users:read' });
    expect((await exchange(service.url, code, FIRST_PARTY)).body.scope).toBe('read');
  });

  it('has the token request narrow the resources, never widen them (RFC 8707 §2.2)', async () => {
    const code = await freshCode(service.url, { ...asFirstParty, resource: [API] });
    const other = { resource: 'https://other.example' };
    expect((await exchange(service.url, code, FIRST_PARTY, other)).body.error).toBe('invalid_target');
    const wide = await freshCode(service.url, { ...asFirstParty });
    const { body } = await exchange(service.url, wide, FIRST_PARTY, { resource: API });
    expect(decodeJwt(body.access_token!).aud).toBe(API);
    const refreshed = await refresh(service.url, body.refresh_token!, FIRST_PARTY);
    expect(decodeJwt(refreshed.body.access_token!).aud).toEqual([API, 'https://other.example']);
  });

  it('posts the answer as a form for response_mode=form_post', async () => {
    const at = browser();
    const visit = await authorize(
      at,
      authorizeUrl(service.url, { response_mode: 'form_post', state: '"><b>' }),
    );
    expect(visit.status).toBe(200);
    expect(visit.text).toContain(`action="${CALLBACK}"`);
    expect(visit.text).not.toContain('"><b>');
    expect(visit.headers['content-security-policy']).toContain("form-action 'self' http://127.0.0.1:3000");
  });

  it('works for a public client', async () => {
    const code = await freshCode(service.url, { client_id: SPA.id });
    const { body } = await exchange(service.url, code, SPA);
    expect((await refresh(service.url, body.refresh_token!, SPA)).status).toBe(200);
  });

  it('takes any port of a loopback address (RFC 8252 §7.3)', async () => {
    const redirect_uri = 'http://127.0.0.1:51004/demo/callback';
    const code = await freshCode(service.url, { redirect_uri });
    expect((await exchange(service.url, code)).body.error).toBe('invalid_grant');
    expect((await exchange(service.url, code, undefined, { redirect_uri })).status).toBe(200);
  });

  it('leaves no code in the database, only its hash (L6)', async () => {
    const code = await freshCode(service.url);
    const { rows } = await service.database.pool.query(
      'SELECT to_jsonb(a)::text AS row FROM authorization_code a',
    );
    expect(JSON.stringify(rows)).not.toContain(code);
    expect(JSON.stringify(rows)).not.toContain(VERIFIER);
  });
});
