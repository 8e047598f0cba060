import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { DEMO_USER } from '../../src/first-run/demo-accounts.js';
import { KeyRing } from '../../src/key-ring/key-ring.js';
import { FormBrowser, hiddenFields } from '../support/browser.js';
import {
  alertOf,
  CSRF_COOKIE,
  isSignedIn,
  openSignIn,
  SESSION_COOKIE,
  signedInBrowser,
  signInUrl,
} from '../support/browser-sessions.js';
import { familyIdOf } from '../support/families.js';
import { FORM, formBody, send } from '../support/http.js';
import { firstRefreshToken, refresh, signIn } from '../support/oauth.js';
import { CLIENT_SECRET, createUser, registerClient, startApp, type TestApp } from '../support/test-app.js';

const HOSTILE = `"'><img src=x onerror=alert(1)><script>alert(2)</script>`;
const ESCAPED = '&quot;&#39;&gt;&lt;img src=x onerror=alert(1)&gt;';

describe('attacks on pages', () => {
  let service: TestApp;
  let browser: FormBrowser;
  beforeAll(async () => {
    service = await startApp();
  });
  beforeEach(() => {
    browser = new FormBrowser(service.url);
  });
  afterAll(() => service.stop());

  describe('session fixation', () => {
    it('a cookie that was planted before the sign-in is not the session’s after it', async () => {
      const planted = randomBytes(32).toString('base64url');
      browser.cookies.set(SESSION_COOKIE, planted);
      await browser.submit(await openSignIn(service, browser), DEMO_USER);
      expect(browser.cookies.get(SESSION_COOKIE)).not.toBe(planted);
      const attacker = new FormBrowser(service.url);
      attacker.cookies.set(SESSION_COOKIE, planted);
      expect([await isSignedIn(browser), await isSignedIn(attacker)]).toEqual([true, false]);
    });

    it('the attacker’s own session, planted, does not become the victim’s', async () => {
      await createUser(service, 'mallory', 'secret');
      const attacker = await signedInBrowser(service, { username: 'mallory', password: 'secret' });
      browser.cookies.set(SESSION_COOKIE, attacker.cookies.get(SESSION_COOKIE)!);
      await browser.submit(await openSignIn(service, browser, { since: new Date() }), DEMO_USER);
      expect((await browser.get('/account')).text).toContain('signed in as john');
      expect(await isSignedIn(attacker)).toBe(false);
    });
  });

  describe('cookies that were tampered with', () => {
    it.each([
      ['nothing', ''],
      ['another of the same length', 'A'.repeat(43)],
      ['something long', 'A'.repeat(4_000)],
      ['SQL', `' OR 1=1 --`],
      ['the id of a session', randomUUID()],
    ])('%s signs nobody in', async (_what, value) => {
      await signedInBrowser(service);
      browser.cookies.set(SESSION_COOKIE, value);
      expect(await isSignedIn(browser)).toBe(false);
    });

    it('one bit of a real one changed signs nobody in', async () => {
      const real = (await signedInBrowser(service)).cookies.get(SESSION_COOKIE)!;
      const bytes = Buffer.from(real, 'base64url');
      bytes.writeUInt8(bytes.readUInt8(0) ^ 1);
      browser.cookies.set(SESSION_COOKIE, bytes.toString('base64url'));
      expect(await isSignedIn(browser)).toBe(false);
    });
  });

  describe('sign-in requests that were tampered with', () => {
    const refused = async (request: string) => {
      const { status, headers, text } = await browser.get(`/sign-in?request=${encodeURIComponent(request)}`);
      expect([status, headers.location]).toEqual([403, undefined]);
      expect(text).toContain('This page has expired');
    };

    it.each(['', 'x', 'https://evil.example', '//evil.example', 'A'.repeat(200), HOSTILE])(
      'refuses %s, and goes nowhere',
      refused,
    );

    it('refuses a sealed one with any byte changed', async () => {
      const sealed = new URL(signInUrl(service), service.url).searchParams.get('request')!;
      const length = Buffer.from(sealed, 'base64url').length;
      for (const at of [0, 1, 13, 40, length - 17, length - 1]) {
        const bytes = Buffer.from(sealed, 'base64url');
        bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
        await refused(bytes.toString('base64url'));
      }
    });

    it('refuses what is sealed for another purpose', async () => {
      const plaintext = Buffer.from(
        JSON.stringify({ value: { returnTo: 'https://evil.example' }, expiresAt: Date.now() + 60_000 }),
      );
      const { version, sealed } = service.app
        .get(KeyRing)
        .seal('idempotency-seal', plaintext, 'sign-in-request');
      await refused(Buffer.concat([Buffer.of(version), sealed]).toString('base64url'));
    });

    it.each(['https://evil.example', '//evil.example', '/\\evil.example', 'evil', ''])(
      'can’t be made to lead to %j by our own code',
      (returnTo) => {
        expect(() => signInUrl(service, { returnTo })).toThrow('not a path of our own');
      },
    );
  });

  describe('cross-site request forgery', () => {
    const forge = (path: string, fields: Record<string, string>, from: FormBrowser) => {
      const cookie = [...from.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const headers = { 'content-type': FORM, cookie, origin: 'https://evil.example' };
      return send(service.url + path, { headers, body: formBody(fields) });
    };

    it.each<[string, (fields: Record<string, string>) => Record<string, string>]>([
      ['no token', ({ csrf_token: _, ...rest }) => rest],
      ['an empty token', (fields) => ({ ...fields, csrf_token: '' })],
      ['a made-up token', (fields) => ({ ...fields, csrf_token: randomBytes(45).toString('base64url') })],
    ])('a sign-in with %s signs nobody in', async (_what, change) => {
      const page = await openSignIn(service, browser);
      const answer = await forge('/sign-in', { ...change(hiddenFields(page)), ...DEMO_USER }, browser);
      expect(answer.status).toBe(403);
      expect(alertOf(answer)).toContain('Please try again');
      expect(JSON.stringify(answer.headers['set-cookie'] ?? '')).not.toContain(SESSION_COOKIE);
    });

    it('a sign-in with the attacker’s own token signs the victim’s browser into nothing (login CSRF)', async () => {
      await openSignIn(service, browser);
      const attacker = new FormBrowser(service.url);
      const fields = hiddenFields(await openSignIn(service, attacker));
      const answer = await forge('/sign-in', { ...fields, ...DEMO_USER }, browser);
      expect(answer.status).toBe(403);
      expect(JSON.stringify(answer.headers['set-cookie'] ?? '')).not.toContain(SESSION_COOKIE);
    });

    it('a browser without cookies can’t send the form of one that has them', async () => {
      const fields = hiddenFields(await openSignIn(service, browser));
      const answer = await forge('/sign-in', { ...fields, ...DEMO_USER }, new FormBrowser(service.url));
      expect(answer.status).toBe(403);
    });

    it.each(['applications/end', 'browsers/end', 'consents/withdraw', 'sign-out', 'sign-out-everywhere'])(
      '/account/%s does nothing without the token of that session',
      async (path) => {
        const victim = await signedInBrowser(service);
        const attacker = await signedInBrowser(service);
        const token = await firstRefreshToken(service.url);
        const csrfToken = hiddenFields(await attacker.get('/account')).csrf_token!;
        for (const csrf_token of ['', csrfToken]) {
          const fields = { csrf_token, family_id: familyIdOf(token), client_id: 'demo' };
          const answer = await forge(`/account/${path}`, fields, victim);
          expect(answer.status).toBe(403);
          expect(answer.text).toContain('This page has expired');
        }
        expect(await isSignedIn(victim)).toBe(true);
        expect((await refresh(service.url, token)).status).toBe(200);
      },
    );

    it('a token from before the sign-in is not good after it', async () => {
      const before = hiddenFields(await openSignIn(service, browser)).csrf_token!;
      await browser.submit(await openSignIn(service, browser), DEMO_USER);
      const answer = await browser.post('/account/sign-out', { csrf_token: before });
      expect([answer.status, await isSignedIn(browser)]).toEqual([403, true]);
    });

    it('a planted CSRF cookie is of no use without the key', async () => {
      browser.cookies.set(CSRF_COOKIE, 'A'.repeat(43));
      const fields = hiddenFields(await openSignIn(service, browser));
      const forged = { ...fields, csrf_token: 'A'.repeat(60), ...DEMO_USER };
      expect((await forge('/sign-in', forged, browser)).status).toBe(403);
    });

    it('GET changes nothing', async () => {
      browser = await signedInBrowser(service);
      for (const path of ['sign-out', 'sign-out-everywhere', 'applications/end']) {
        expect((await browser.get(`/account/${path}`)).status).toBe(405);
      }
      expect(await isSignedIn(browser)).toBe(true);
    });
  });

  describe('clickjacking and other sites', () => {
    const pages: [string, () => Promise<string>][] = [
      ['sign-in', () => Promise.resolve(signInUrl(service))],
      ['an error', () => Promise.resolve('/sign-in?request=x')],
      ['signed-out', () => Promise.resolve('/signed-out')],
      [
        'the account',
        async () => {
          browser = await signedInBrowser(service);
          return '/account';
        },
      ],
    ];
    it.each(pages)(
      '%s can’t be framed, kept, or asked for by scripts of other origins',
      async (_name, path) => {
        const origin = 'https://spa.example';
        await registerClient(service, {
          id: randomUUID(),
          type: 'public',
          redirectUris: [`${origin}/callback`],
        });
        const url = await path();
        const { headers } = await new FormBrowser(service.url, { origin }).get(url);
        const answer = await browser.get(url);
        expect(headers).not.toHaveProperty('access-control-allow-origin');
        expect(answer.headers).toMatchObject({
          'content-security-policy': expect.stringMatching(
            /^default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
          ),
          'x-frame-options': 'DENY',
          'x-content-type-options': 'nosniff',
          'referrer-policy': 'same-origin',
          'cross-origin-resource-policy': 'same-origin',
          'cache-control': 'no-store',
          'content-type': 'text/html; charset=utf-8',
        });
      },
    );

    it('a preflight for a page is answered without permission', async () => {
      const { headers } = await send(`${service.url}/sign-in`, {
        method: 'OPTIONS',
        headers: { origin: 'https://spa.example', 'access-control-request-method': 'POST' },
      });
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    });
  });

  describe('markup in what a page echoes', () => {
    it.each(['loginHint', 'clientName', 'uiLocales'])('%s stays text', async (name) => {
      const { status, text } = await openSignIn(service, browser, { [name]: HOSTILE });
      expect(status).toBe(200);
      expect(text).not.toContain('<img src=x');
      expect(text).not.toContain('<script>');
      if (name !== 'uiLocales') expect(text).toContain(ESCAPED);
    });

    it('a user name that was typed stays text', async () => {
      const page = await openSignIn(service, browser);
      const { text } = await browser.submit(page, { username: HOSTILE, password: 'wrong' });
      expect(text).toContain(ESCAPED);
      expect(text).not.toContain('<script>');
    });

    it('names and user agents on the account’s page stay text', async () => {
      const client = await registerClient(service, { id: randomUUID(), name: HOSTILE });
      await createUser(service, HOSTILE, 'right');
      browser = await signedInBrowser(
        service,
        { username: HOSTILE, password: 'right' },
        { 'user-agent': HOSTILE },
      );
      const caller = { id: client, secret: CLIENT_SECRET };
      await signIn(service.url, caller, { username: HOSTILE, password: 'right' });
      const { text } = await browser.get(`/account?done=${encodeURIComponent(HOSTILE)}&before=${HOSTILE}`);
      expect(text.split(ESCAPED).length).toBeGreaterThan(2);
      expect(text).not.toContain('<img src=x');
      expect(text).not.toContain('<script>');
    });
  });
});
