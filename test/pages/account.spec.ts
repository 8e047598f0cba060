import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { FormBrowser, hiddenFields } from '../support/browser.js';
import { isSignedIn, signedInBrowser } from '../support/browser-sessions.js';
import { countEvents, familyIdOf, familyRow } from '../support/families.js';
import { type Answer } from '../support/http.js';
import { firstRefreshToken, refresh } from '../support/oauth.js';
import { createUser, startApp, type TestApp } from '../support/test-app.js';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0';

describe('the account: where people are signed in', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.stop());

  const someone = async () => {
    const credentials = { username: `user-${randomUUID()}`, password: 'right' };
    const userId = await createUser(service, credentials.username, credentials.password);
    const browser = await signedInBrowser(service, credentials, { 'user-agent': FIREFOX });
    const token = () => firstRefreshToken(service.url, undefined, credentials);
    return { userId, credentials, browser, token };
  };
  const post = async (browser: FormBrowser, path: string, fields: Record<string, string> = {}) => {
    const csrf_token = hiddenFields(await browser.get('/account')).csrf_token!;
    return browser.post(`/account/${path}`, { csrf_token, ...fields });
  };
  const goesTo = ({ status, headers }: Answer) => [status, headers.location];
  const rowOf = (token: string) => familyRow(service.database.pool, token);

  it('sends to the sign-in page who is not signed in, and back', async () => {
    const { credentials } = await someone();
    const stranger = new FormBrowser(service.url);
    const { status, headers } = await stranger.get('/account');
    expect(status).toBe(303);
    const answer = await stranger.submit(await stranger.get(headers.location as string), credentials);
    expect(answer.headers.location).toBe('/account');
  });

  it('shows each application and browser of that person, and nobody else’s', async () => {
    const [one, other] = [await someone(), await someone()];
    const [mine, theirs] = [await one.token(), await other.token()];
    const { status, text } = await one.browser.get('/account');
    expect(status).toBe(200);
    expect(text).toContain(`value="${familyIdOf(mine)}"`);
    expect(text).not.toContain(familyIdOf(theirs));
    expect(text).toContain('Firefox on Linux');
    expect(text).toContain('This browser');
    expect(text).toMatch(/<time datetime="\d{4}-\d\d-\d\dT[\d:.]+Z" title="[^"]+ UTC">just now<\/time>/);
  });

  it('ends an application at once: its refresh fails, with one event by the user (L2, L5)', async () => {
    const { browser, token } = await someone();
    const [doomed, spared] = [await token(), await token()];
    const answer = await post(browser, 'applications/end', { family_id: familyIdOf(doomed) });
    expect(goesTo(answer)).toEqual([303, '/account?done=application_ended']);
    expect(await refresh(service.url, doomed)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
    expect((await refresh(service.url, spared)).status).toBe(200);
    expect((await rowOf(doomed))?.revocation_reason).toBe('user_request');
    expect(await countEvents(service.database.pool, doomed)).toBe(1);
    const page = await browser.get(answer.headers.location as string);
    expect(page.text).toContain('The application is signed out.');
    expect(page.text).not.toContain(familyIdOf(doomed));
  });

  it('does no more than once what is sent twice', async () => {
    const { browser, token } = await someone();
    const doomed = await token();
    for (let times = 0; times < 2; times += 1) {
      const answer = await post(browser, 'applications/end', { family_id: familyIdOf(doomed) });
      expect(answer.status).toBe(303);
    }
    expect(await countEvents(service.database.pool, doomed)).toBe(1);
  });

  it.each(['applications/end', 'browsers/end'])(
    'answers %s 404 for what is not theirs, and ends nothing',
    async (path) => {
      const [one, other] = [await someone(), await someone()];
      const theirs = await other.token();
      const [row] = (
        await service.database.pool.query<{ id: string }>(
          'SELECT id FROM browser_session WHERE user_id = $1',
          [other.userId],
        )
      ).rows;
      for (const id of [familyIdOf(theirs), row!.id, randomUUID(), 'no id', `' OR 1=1 --`]) {
        const answer = await post(one.browser, path, { family_id: id, browser_id: id });
        expect([answer.status, answer.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
      }
      expect((await refresh(service.url, theirs)).status).toBe(200);
      expect(await isSignedIn(other.browser)).toBe(true);
    },
  );

  it('ends another browser', async () => {
    const { browser, credentials, userId } = await someone();
    const elsewhere = await signedInBrowser(service, credentials);
    const { rows } = await service.database.pool.query<{ id: string }>(
      'SELECT id FROM browser_session WHERE user_id = $1 AND user_agent IS NULL',
      [userId],
    );
    const answer = await post(browser, 'browsers/end', { browser_id: rows[0]!.id });
    expect(goesTo(answer)).toEqual([303, '/account?done=browser_ended']);
    expect([await isSignedIn(elsewhere), await isSignedIn(browser)]).toEqual([false, true]);
  });

  it('signs out of this browser, with the applications that began in it, but for those that stay', async () => {
    const { browser, token, userId } = await someone();
    const [bound, offline, foreign] = [await token(), await token(), await token()];
    await service.database.pool.query(
      `UPDATE token_family f SET offline = (f.id = $2), browser_session_id = b.id
       FROM browser_session b WHERE b.user_id = $3 AND f.id = ANY($1)`,
      [[familyIdOf(bound), familyIdOf(offline)], familyIdOf(offline), userId],
    );
    expect(goesTo(await post(browser, 'sign-out'))).toEqual([303, '/signed-out']);
    expect(await isSignedIn(browser)).toBe(false);
    expect((await browser.get('/signed-out')).text).toContain('You are signed out');
    const answers = [];
    for (const one of [bound, offline, foreign]) answers.push((await refresh(service.url, one)).status);
    expect(answers).toEqual([400, 200, 200]);
  });

  it('signs out everywhere: every application and every browser, with one event', async () => {
    const { browser, credentials, token, userId } = await someone();
    const elsewhere = await signedInBrowser(service, credentials);
    const tokens = [await token(), await token()];
    expect(goesTo(await post(browser, 'sign-out-everywhere'))).toEqual([303, '/signed-out?everywhere']);
    for (const one of tokens) expect((await refresh(service.url, one)).status).toBe(400);
    expect([await isSignedIn(browser), await isSignedIn(elsewhere)]).toEqual([false, false]);
    const { rows } = await service.database.pool.query(
      `SELECT type, initiator FROM revocation_event WHERE subject = $1`,
      [userId],
    );
    expect(rows).toEqual([{ type: 'user-tokens-revoked', initiator: 'user' }]);
  });

  it('takes a consent back, with the tokens at that client', async () => {
    const { browser, token, userId } = await someone();
    const doomed = await token();
    await service.database.pool.query(
      `INSERT INTO consent (user_id, client_id, scopes, audiences) VALUES ($1, 'demo', '{read}', '{}')`,
      [userId],
    );
    expect((await browser.get('/account')).text).toContain('What you have allowed');
    const answer = await post(browser, 'consents/withdraw', { client_id: 'demo' });
    expect(goesTo(answer)).toEqual([303, '/account?done=consent_withdrawn']);
    expect((await refresh(service.url, doomed)).status).toBe(400);
    expect((await browser.get('/account')).text).not.toContain('What you have allowed');
    expect((await post(browser, 'consents/withdraw', { client_id: 'demo' })).status).toBe(404);
  });
});
