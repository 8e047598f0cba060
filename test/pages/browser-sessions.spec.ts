import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash, randomUUID } from 'node:crypto';
import { DEMO_USER } from '../../src/first-run/demo-accounts.js';
import { Database } from '../../src/database/database.js';
import { Sweeper } from '../../src/database/sweeper.js';
import { RevocationService } from '../../src/revocation/revocation.service.js';
import { UserLifecycleService } from '../../src/revocation/user-lifecycle.service.js';
import { BrowserSessions } from '../../src/sessions/browser-sessions.js';
import { FormBrowser } from '../support/browser.js';
import { isSignedIn, openSignIn, SESSION_COOKIE, signedInBrowser } from '../support/browser-sessions.js';
import { createUser, registerClient, startApp, type TestApp } from '../support/test-app.js';

const CAUSE = { reason: 'admin_request', initiator: 'admin' } as const;

describe('browser sessions', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.stop());

  const sql = async <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> =>
    (await service.database.pool.query<Row>(text, values)).rows;
  const rowOf = async (browser: FormBrowser) => {
    const hash = createHash('sha256').update(browser.cookies.get(SESSION_COOKIE)!).digest();
    const [row] = await sql<{ id: string; user_id: string; auth_time: Date }>(
      'SELECT * FROM browser_session WHERE cookie_hash = $1',
      [hash],
    );
    return row;
  };
  const someone = async () => {
    const credentials = { username: `user-${randomUUID()}`, password: 'right' };
    const userId = await createUser(service, credentials.username, credentials.password);
    return { userId, credentials, browser: await signedInBrowser(service, credentials) };
  };

  it('are known by a hash alone: no row holds the cookie (L6)', async () => {
    const browser = await signedInBrowser(service);
    const value = browser.cookies.get(SESSION_COOKIE)!;
    expect(value).toMatch(/^[\w-]{43}$/);
    const rows = await sql<{ row: string }>('SELECT b::text AS row FROM browser_session b');
    for (const { row } of rows) {
      expect(row).not.toContain(value);
      expect(row).not.toContain(Buffer.from(value).toString('hex'));
      expect(row).not.toContain(Buffer.from(value, 'base64url').toString('hex'));
    }
  });

  it('get a new cookie at each sign-in, and stay the same session of the same person', async () => {
    const { browser, credentials } = await someone();
    const [before, row] = [browser.cookies.get(SESSION_COOKIE), await rowOf(browser)];
    const page = await openSignIn(service, browser, { since: new Date() });
    await browser.submit(page, credentials);
    expect(browser.cookies.get(SESSION_COOKIE)).not.toBe(before);
    const renewed = await rowOf(browser);
    expect(renewed?.id).toBe(row?.id);
    expect(renewed!.auth_time.getTime()).toBeGreaterThan(row!.auth_time.getTime());
    const old = new FormBrowser(service.url);
    old.cookies.set(SESSION_COOKIE, before!);
    expect(await isSignedIn(old)).toBe(false);
  });

  it('of another person end when somebody else signs in', async () => {
    const { browser } = await someone();
    const row = await rowOf(browser);
    await browser.submit(await openSignIn(service, browser, { since: new Date() }), DEMO_USER);
    expect(await sql('SELECT id FROM browser_session WHERE id = $1', [row!.id])).toEqual([]);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it.each([
    ['idle for two hours', `last_seen_at = last_seen_at - interval '2 hours'`],
    ['twelve hours old', `signed_in_at = signed_in_at - interval '12 hours'`],
  ])('are over once %s', async (_age, change) => {
    const { browser } = await someone();
    expect(await isSignedIn(browser)).toBe(true);
    const row = await rowOf(browser);
    await sql(`UPDATE browser_session SET ${change} WHERE id = $1`, [row!.id]);
    expect(await isSignedIn(browser)).toBe(false);
  });

  it('go on while they are used', async () => {
    const { browser } = await someone();
    const { id } = (await rowOf(browser))!;
    const age = `UPDATE browser_session SET last_seen_at = last_seen_at - interval '90 minutes' WHERE id = $1`;
    for (let visit = 0; visit < 3; visit += 1) {
      await sql(age, [id]);
      expect(await isSignedIn(browser)).toBe(true);
    }
  });

  it.each([
    ['is disabled', (id: string) => service.app.get(UserLifecycleService).disable(id, 'admin')],
    ['is deleted', (id: string) => service.app.get(UserLifecycleService).delete(id, 'admin')],
    [
      'gets another password',
      (id: string) => service.app.get(UserLifecycleService).setPassword(id, 'new', 'admin'),
    ],
    [
      'has all tokens revoked',
      (id: string) =>
        service.app
          .get(Database)
          .transaction((transaction) =>
            service.app.get(RevocationService).revokeUser(transaction, id, CAUSE),
          ),
    ],
  ])('end at once when the user %s', async (_what, act) => {
    const { browser, userId } = await someone();
    expect(await isSignedIn(browser)).toBe(true);
    await act(userId);
    expect(await isSignedIn(browser)).toBe(false);
    expect(await sql('SELECT id FROM browser_session WHERE user_id = $1', [userId])).toEqual([]);
  });

  it('leave a notice for each client that wants one, in the transaction that ends them', async () => {
    const { browser, userId } = await someone();
    const sessionId = (await rowOf(browser))!.id;
    const told = await registerClient(service, { id: randomUUID() });
    const untold = await registerClient(service, { id: randomUUID() });
    await sql(`UPDATE client SET backchannel_logout_uri = 'https://rp.example/bye' WHERE id = $1`, [told]);
    const sessions = service.app.get(BrowserSessions);
    const database = service.app.get(Database);
    const sids = [randomUUID(), randomUUID()];
    await database.transaction(async (transaction) => {
      for (const sid of sids) await sessions.noteClient(transaction, { sessionId, clientId: told, sid });
      await sessions.noteClient(transaction, { sessionId, clientId: untold, sid: randomUUID() });
    });
    const notices = () =>
      sql('SELECT client_id, user_id, sid FROM logout_notice WHERE session_id = $1', [sessionId]);
    const failing = database.transaction(async (transaction) => {
      await sessions.endById(transaction, sessionId);
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    expect([await notices(), await isSignedIn(browser)]).toEqual([[], true]);
    expect(await database.transaction((transaction) => sessions.endById(transaction, sessionId))).toBe(true);
    const expected = sids.map((sid) => ({ client_id: told, user_id: userId, sid }));
    expect(await notices()).toEqual(expect.arrayContaining(expected));
    expect(await notices()).toHaveLength(expected.length);
  });

  it('that are over take no more clients', async () => {
    const { browser } = await someone();
    const sessionId = (await rowOf(browser))!.id;
    const sessions = service.app.get(BrowserSessions);
    const database = service.app.get(Database);
    const note = () =>
      database.transaction((transaction) =>
        sessions.noteClient(transaction, { sessionId, clientId: 'demo', sid: randomUUID() }),
      );
    expect(await note()).toBe(true);
    await database.transaction((transaction) => sessions.endById(transaction, sessionId));
    expect(await note()).toBe(false);
  });

  it('are deleted once they are past their absolute limit, and no others', async () => {
    const [old, young] = [await someone(), await someone()];
    const { id } = (await rowOf(old.browser))!;
    await sql(`UPDATE browser_session SET signed_in_at = signed_in_at - interval '13 hours' WHERE id = $1`, [
      id,
    ]);
    await service.app.get(Sweeper).run('browser sessions');
    expect(await rowOf(old.browser)).toBeUndefined();
    expect(await rowOf(young.browser)).toBeDefined();
  });
});

describe('the session cookie', () => {
  it.each([
    ['https://as.example', /^__Host-regrant-session=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/],
    [
      'https://as.example/tenant',
      /^__Host-regrant-session=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    ],
  ])('of %s is for that host alone, Secure, HttpOnly and Lax', async (issuer, cookie) => {
    const service = await startApp({ ISSUER: issuer });
    const { pathname } = new URL(issuer);
    const base = pathname === '/' ? '' : pathname;
    const browser = new FormBrowser(`http://127.0.0.1:${service.environment.HTTP_PORT}`);
    try {
      const page = await openSignIn(service, browser, { returnTo: `${base}/account` });
      const answer = await browser.submit(page, DEMO_USER);
      expect([answer.status, answer.headers.location]).toEqual([303, `${base}/account`]);
      expect(answer.headers['set-cookie']).toEqual(expect.arrayContaining([expect.stringMatching(cookie)]));
      expect(page.headers['strict-transport-security']).toBe('max-age=63072000');
    } finally {
      await service.stop();
    }
  });
});
