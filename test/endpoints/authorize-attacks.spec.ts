import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEMO_USER } from '../../src/first-run/demo-accounts.js';
import { hiddenFields } from '../support/browser.js';
import {
  authorize,
  authorizeUrl,
  CALLBACK,
  challengeOf,
  exchange,
  freshCode,
  pageOf,
  VERIFIER,
} from '../support/authorization.js';
import { FollowingBrowser, type Visit } from '../support/following-browser.js';
import { DEMO, refresh } from '../support/oauth.js';
import { createUser, registerClient, startApp, type TestApp } from '../support/test-app.js';

const MARKUP = `"'><script>alert(1)</script>`;
const CONSENT = '/oauth2/authorize/consent';

describe('attacks on the authorization endpoint', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp();
    await createUser(service, 'eve', 'eve-password');
    await registerClient(service, {
      id: 'markup',
      name: MARKUP,
      grantTypes: ['authorization_code'],
      redirectUris: [CALLBACK],
      scopes: ['<script>alert(1)</script>', 'read'],
      defaultScopes: ['read'],
    });
  });
  afterAll(() => service.stop());

  const EVE = { username: 'eve', password: 'eve-password' };
  const at = () => new FollowingBrowser(service.url);
  const consentPage = async (
    browser: FollowingBrowser,
    user: Record<string, string> = DEMO_USER,
  ): Promise<Visit> =>
    browser.submit(
      await browser.get(authorizeUrl(service.url, { scope: 'profile', prompt: 'consent' })),
      user,
    );

  describe('CSRF on the consent', () => {
    it('takes no decision without our token, or with one of another browser', async () => {
      const [victim, attacker] = [at(), at()];
      const page = await consentPage(victim);
      const { csrf_token, ...rest } = hiddenFields(page);
      const others = hiddenFields(await consentPage(attacker, EVE)).csrf_token;
      expect([csrf_token, others]).toEqual([expect.any(String), expect.any(String)]);
      for (const token of [undefined, '', 'x', others]) {
        const visit = await victim.post(CONSENT, { ...rest, csrf_token: token, decision: 'allow' });
        expect([visit.status, visit.url.origin]).toEqual([403, service.url]);
      }
      expect((await victim.submit(page, { decision: 'allow' })).url.searchParams.has('code')).toBe(true);
    });

    it('takes a request that we did not seal for none', async () => {
      const victim = at();
      const fields = hiddenFields(await consentPage(victim));
      const sealed = fields.request!;
      const flipped = sealed.slice(0, 40) + (sealed[40] === 'A' ? 'B' : 'A') + sealed.slice(41);
      for (const request of ['', 'x', flipped, sealed.slice(0, -4), fields.csrf_token]) {
        const visit = await victim.post(CONSENT, { ...fields, request, decision: 'allow' });
        expect([400, 403]).toContain(visit.status);
        expect(visit.url.origin).toBe(service.url);
      }
      expect((await victim.get(`/oauth2/authorize/continue?request=${flipped}`)).status).toBe(403);
    });

    it('takes nothing but allow for consent', async () => {
      for (const decision of ['', 'deny', 'ALLOW', 'true']) {
        const victim = at();
        const { url } = await victim.submit(await consentPage(victim), { decision });
        expect(url.searchParams.get('error')).toBe('access_denied');
      }
    });
  });

  describe('the person', () => {
    it('that signed in decides, not the one that the page was shown to', async () => {
      const browser = at();
      const page = await consentPage(browser);
      await browser.submit(await browser.get(authorizeUrl(service.url, { prompt: 'login' })), EVE);
      const visit = await browser.submit(page, { decision: 'allow' });
      expect(visit.status).toBe(403);
    });

    it('gets another cookie by signing in, so that one planted before is of no use (session fixation)', async () => {
      const browser = at();
      const signIn = await browser.get(authorizeUrl(service.url));
      const before = new Map(browser.cookies).set('regrant-session', 'A'.repeat(43));
      browser.cookies.set('regrant-session', 'A'.repeat(43));
      await browser.submit(signIn, DEMO_USER);
      await authorize(browser, authorizeUrl(service.url));
      const planted = at();
      for (const [name, value] of before) planted.cookies.set(name, value);
      expect(pageOf(await planted.get(authorizeUrl(service.url)))).toBe('sign-in');
    });
  });

  describe('codes', () => {
    it('of another person, injected, fail for want of the verifier', async () => {
      const stolen = await freshCode(service.url, {
        code_challenge: challengeOf('the verifier of the victim 12345678901234'),
      });
      expect((await exchange(service.url, stolen)).body.error).toBe('invalid_grant');
    });

    it('do not outlive their replay: what came of them is dead', async () => {
      const code = await freshCode(service.url);
      const { body } = await exchange(service.url, code);
      expect((await exchange(service.url, code)).body.error).toBe('invalid_grant');
      expect((await refresh(service.url, body.refresh_token!, DEMO)).body.error).toBe('invalid_grant');
    });

    it('are in no page, no error and no answer but the redirect', async () => {
      const browser = at();
      const visit = await authorize(browser, authorizeUrl(service.url));
      const code = visit.url.searchParams.get('code')!;
      expect(visit.text).not.toContain(code);
      expect((await exchange(service.url, code, DEMO, { code_verifier: 'x' })).text).not.toContain(code);
    });
  });

  it('echoes state to the letter, and nothing of it as a header or markup', async () => {
    for (const state of [MARKUP, 'a b&c=d#e', '\r\nset-cookie: x=1', '\u{1F600}', 'x'.repeat(1_000)]) {
      const { url, headers } = await at().get(authorizeUrl(service.url, { state, prompt: 'none' }));
      expect(url.searchParams.get('state')).toBe(state);
      expect(headers['set-cookie']).toBeUndefined();
    }
  });

  it.each([
    'client_id',
    'redirect_uri',
    'response_type',
    'scope',
    'login_hint',
    'ui_locales',
    'request',
    'nonce',
    'resource',
  ])('shows nothing of %s as markup', async (name) => {
    const visit = await at().get(authorizeUrl(service.url, { [name]: MARKUP }));
    expect(visit.text).not.toContain('<script>alert');
    expect(visit.text).not.toContain(`"'>`);
  });

  it('shows nothing of a client or its scopes as markup', async () => {
    const browser = at();
    const url = authorizeUrl(service.url, { client_id: 'markup', scope: '<script>alert(1)</script> read' });
    const signIn = await browser.get(url);
    const consent = await browser.submit(signIn, DEMO_USER);
    expect(pageOf(consent)).toBe('consent');
    for (const { text } of [signIn, consent]) expect(text).not.toContain('<script>alert');
    expect(consent.text).toContain('&lt;script&gt;');
  });

  it('sends every page with what keeps it from being framed, kept or scripted', async () => {
    const browser = at();
    const pages = [
      await browser.get('/oauth2/authorize'),
      await browser.get(authorizeUrl(service.url)),
      await consentPage(browser),
    ];
    for (const { headers } of pages) {
      expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-frame-options': 'DENY' });
      const policy = String(headers['content-security-policy']);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toContain('unsafe');
    }
  });

  it('lets no page of another origin read it (CORS)', async () => {
    await registerClient(service, {
      id: 'spa',
      type: 'public',
      redirectUris: ['https://spa.example/callback'],
    });
    const answer = await fetch(authorizeUrl(service.url), { headers: { origin: 'https://spa.example' } });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('is not fooled about PKCE by a second challenge at the exchange', async () => {
    const code = await freshCode(service.url);
    const repeated = { code_verifier: [VERIFIER, 'x'] as unknown as string };
    expect((await exchange(service.url, code, DEMO, repeated)).body.error).toBe('invalid_request');
  });
});
