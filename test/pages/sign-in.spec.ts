import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Clock } from '../../src/common/clock.js';
import { DEMO_USER } from '../../src/first-run/demo-accounts.js';
import { FormBrowser, hiddenFields } from '../support/browser.js';
import {
  alertOf,
  CSRF_COOKIE,
  openSignIn,
  SESSION_COOKIE,
  signedInBrowser,
  signInUrl,
} from '../support/browser-sessions.js';
import { send } from '../support/http.js';
import { createUser, startApp, type TestApp } from '../support/test-app.js';

describe('the sign-in page', () => {
  let service: TestApp;
  let browser: FormBrowser;
  beforeAll(async () => {
    service = await startApp();
  });
  beforeEach(() => {
    browser = new FormBrowser(service.url);
  });
  afterAll(() => service.stop());

  it('signs somebody in and goes on to where they were going', async () => {
    const page = await openSignIn(service, browser, { returnTo: '/oauth2/authorize/continue?request=x' });
    expect(page.status).toBe(200);
    const answer = await browser.submit(page, DEMO_USER);
    expect([answer.status, answer.headers.location]).toEqual([303, '/oauth2/authorize/continue?request=x']);
    expect(browser.cookies.has(SESSION_COOKIE)).toBe(true);
  });

  it('goes on to the account when nothing else brought them here', async () => {
    const { status, headers } = await browser.get('/sign-in');
    expect(status).toBe(303);
    const answer = await browser.submit(await browser.get(headers.location as string), DEMO_USER);
    expect(answer.headers.location).toBe('/account');
  });

  it('answers a wrong password with the form again: 200, the name kept, the password not', async () => {
    const answer = await browser.submit(await openSignIn(service, browser), {
      username: 'john',
      password: 'not-doe',
    });
    expect(answer.status).toBe(200);
    expect(alertOf(answer)).toBe('The user name or the password is wrong.');
    expect(answer.text).toContain('value="john"');
    expect(answer.text).not.toContain('not-doe');
    expect(browser.cookies.has(SESSION_COOKIE)).toBe(false);
    expect((await browser.submit(answer, DEMO_USER)).status).toBe(303);
  });

  it('tells an unknown user and a disabled one nothing that it does not tell of a wrong password', async () => {
    const disabled = await createUser(service, 'gone', 'right');
    await service.database.pool.query(`UPDATE user_account SET status = 'disabled' WHERE id = $1`, [
      disabled,
    ]);
    const tries = [
      { username: 'john', password: 'wrong' },
      { username: 'nobody', password: 'wrong' },
      { username: 'gone', password: 'right' },
    ];
    const texts = [];
    for (const credentials of tries) {
      const answer = await browser.submit(await openSignIn(service, browser), credentials);
      const { request, csrf_token } = hiddenFields(answer);
      texts.push(
        [answer.status, answer.text]
          .join('\n')
          .replace(request!, '')
          .replace(csrf_token!, '')
          .replace(credentials.username, ''),
      );
    }
    expect(new Set(texts).size).toBe(1);
  });

  it('asks for what is missing', async () => {
    const answer = await browser.submit(await openSignIn(service, browser), { username: 'john' });
    expect(alertOf(answer)).toBe('Enter your user name and your password.');
  });

  it('shows who is hinted at, for whom they sign in, and in their language', async () => {
    const { text } = await openSignIn(service, browser, {
      loginHint: 'lea',
      clientName: 'Order book',
      uiLocales: 'fr-CA de-CH en',
    });
    expect(text).toContain('value="lea"');
    expect(text).toContain('weiter zu Order book');
    expect(text).toContain('<html lang="de-CH">');
  });

  it('goes straight on with somebody who is signed in', async () => {
    browser = await signedInBrowser(service);
    const answer = await openSignIn(service, browser, { returnTo: '/device' });
    expect([answer.status, answer.headers.location]).toEqual([303, '/device']);
  });

  it('asks again who signed in before it was demanded, and takes the new sign-in', async () => {
    browser = await signedInBrowser(service);
    const since = new Date();
    const page = await openSignIn(service, browser, { since });
    expect(page.text).toContain('Confirm that it’s you');
    expect(page.text).toContain('value="john"');
    expect((await browser.submit(page, DEMO_USER)).status).toBe(303);
    expect((await openSignIn(service, browser, { since })).status).toBe(303);
  });

  it('takes a form that was sent twice', async () => {
    const page = await openSignIn(service, browser);
    const twin = new FormBrowser(service.url);
    for (const [name, value] of browser.cookies) twin.cookies.set(name, value);
    const answers = await Promise.all([browser.submit(page, DEMO_USER), twin.submit(page, DEMO_USER)]);
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
  });

  it('takes the form of another tab, once signed in, on to where it was going', async () => {
    const other = await openSignIn(service, browser, { returnTo: '/device' });
    await browser.submit(await openSignIn(service, browser), DEMO_USER);
    const answer = await browser.submit(other, DEMO_USER);
    expect([answer.status, answer.headers.location]).toEqual([303, '/device']);
  });

  it('can’t be used half an hour later, and says so on a page', async () => {
    const { app } = service;
    const clock = app.get(Clock);
    const url = signInUrl(service);
    const later = jest.spyOn(clock, 'now').mockReturnValue(new Date(Date.now() + 1_801_000));
    try {
      const answer = await browser.get(url);
      expect(answer.status).toBe(403);
      expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(answer.text).toContain('This page has expired');
    } finally {
      later.mockRestore();
    }
  });

  it('keeps nothing of what it was sent: no cookie but its own two', async () => {
    const page = await openSignIn(service, browser);
    await browser.submit(page, DEMO_USER);
    expect([...browser.cookies.keys()].sort()).toEqual([CSRF_COOKIE, SESSION_COOKIE]);
  });

  it.each(['PUT', 'DELETE', 'PATCH'])('answers %s with a page', async (method) => {
    const answer = await send(`${service.url}/sign-in`, { method });
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, POST']);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
  });
});

describe('the sign-in page: too many wrong passwords', () => {
  it('says how long to wait, with 429 and Retry-After, to a name that nobody has too', async () => {
    const service = await startApp({ LOGIN_FAILURE_LIMIT: '3', LOGIN_FAILURE_WINDOW: '120' });
    try {
      for (const username of ['john', 'nobody']) {
        const browser = new FormBrowser(service.url);
        let answer = await openSignIn(service, browser);
        for (let attempt = 0; attempt < 4; attempt += 1)
          answer = await browser.submit(answer, { username, password: 'wrong' });
        expect(answer.status).toBe(429);
        expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
        expect(alertOf(answer)).toMatch(/^Too many attempts. Please try again in \d+ minutes?.$/);
        if (username === 'john') expect((await browser.submit(answer, DEMO_USER)).status).toBe(429);
      }
    } finally {
      await service.stop();
    }
  });
});
