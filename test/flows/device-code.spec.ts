import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { DEVICE_CODE_GRANT } from '../../src/authorization/device/device-authorization.js';
import { DEMO_USER } from '../../src/first-run/demo-accounts.js';
import { FollowingBrowser, type Visit } from '../support/following-browser.js';
import { type Answer, basic, type Parameters, postForm, send } from '../support/http.js';
import { type Caller, DEMO, refresh, tokenRequest } from '../support/oauth.js';
import { CLIENT_SECRET, createUser, registerClient, startApp, type TestApp } from '../support/test-app.js';

const OTHER: Caller = { id: 'other', secret: CLIENT_SECRET };

interface Codes {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete: string;
}

describe('device authorization grant (RFC 8628)', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp({ USER_CODE_FAILURE_LIMIT: '3' });
    await registerClient(service, { id: OTHER.id, grantTypes: [DEVICE_CODE_GRANT] });
    await registerClient(service, { id: 'no-device' });
    await createUser(service, 'mary', 'mary-password');
  });
  afterAll(() => service.stop());

  const ask = (parameters: Parameters = {}, { id, secret }: Caller = DEMO): Promise<Answer> =>
    postForm(
      `${service.url}/oauth2/device_authorization`,
      { scope: 'openid email', ...parameters },
      { authorization: basic(id, secret!) },
    );
  const begin = async (parameters?: Parameters, client?: Caller): Promise<Codes> =>
    (await ask(parameters, client)).body as unknown as Codes;
  const poll = (device_code: string, client = DEMO): Promise<Answer> =>
    tokenRequest(service.url, client, { grant_type: DEVICE_CODE_GRANT, device_code });
  const wait = (seconds: number) =>
    service.database.pool.query(
      'UPDATE device_authorization SET last_polled_at = last_polled_at - make_interval(secs => $1)',
      [seconds],
    );
  const signedIn = async (username: string = DEMO_USER.username, password: string = DEMO_USER.password) => {
    const browser = new FollowingBrowser(service.url);
    const page = await browser.submit(await browser.get('/device'), { username, password });
    return { browser, page };
  };
  const decide = async (codes: Codes, decision: string): Promise<Visit> => {
    const { browser, page } = await signedIn();
    return browser.submit(await browser.submit(page, { user_code: codes.user_code }), { decision });
  };

  it('tells the device its codes, and where they are typed (E6)', async () => {
    const { status, headers, body } = await ask();
    expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
    expect(body).toEqual({
      device_code: expect.stringMatching(/^rgd_[\w-]{43}$/),
      user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
      verification_uri: `${service.url}/device`,
      verification_uri_complete: `${service.url}/device?user_code=${String(body.user_code)}`,
      expires_in: 600,
      interval: 5,
    });
  });

  it('lets the device in once somebody has typed its code and agreed, once (E6)', async () => {
    const codes = await begin({ scope: 'openid email offline_access' });
    expect((await poll(codes.device_code)).body.error).toBe('authorization_pending');
    const { browser, page } = await signedIn();
    const typed = codes.user_code.toLowerCase().replace('-', ' ');
    const confirm = await browser.submit(page, { user_code: typed });
    expect(confirm.text).toContain(codes.user_code);
    expect(confirm.text).toContain('Demo');
    expect((await poll(codes.device_code)).body.error).toBe('slow_down');
    expect((await browser.submit(confirm, { decision: 'allow' })).status).toBe(200);
    const answer = await poll(codes.device_code);
    expect(answer.status).toBe(200);
    expect(answer.body.scope).toBe('openid email offline_access');
    expect(decodeJwt(answer.body.access_token!)).toMatchObject({ client_id: 'demo', amr: ['pwd'] });
    const again = await poll(codes.device_code);
    expect([again.status, again.body.error]).toEqual([400, 'invalid_grant']);
    expect((await refresh(service.url, answer.body.refresh_token!)).status).toBe(200);
  });

  it('has a device that asks too often wait 5 seconds more each time (E6)', async () => {
    const { device_code } = await begin();
    const errors = [];
    for (const pause of [0, 5, 1, 5, 10, 12]) {
      await wait(pause);
      errors.push((await poll(device_code)).body.error);
    }
    const [pending, slowDown] = ['authorization_pending', 'slow_down'];
    expect(errors).toEqual([pending, pending, slowDown, slowDown, slowDown, slowDown]);
    await wait(25);
    expect((await poll(device_code)).body.error).toBe(pending);
  });

  it('tells the device of a refusal (E6)', async () => {
    const codes = await begin();
    await decide(codes, 'deny');
    expect((await poll(codes.device_code)).body.error).toBe('access_denied');
  });

  it('tells the device that it came too late, and takes no code then (E6)', async () => {
    const codes = await begin();
    const { browser, page } = await signedIn();
    const confirm = await browser.submit(page, { user_code: codes.user_code });
    await service.database.pool.query('UPDATE device_authorization SET expires_at = clock_timestamp()');
    expect((await poll(codes.device_code)).body.error).toBe('expired_token');
    const late = await browser.submit(confirm, { decision: 'allow' });
    expect(late.text).toContain('name="user_code"');
    expect((await poll(codes.device_code)).body.error).toBe('expired_token');
  });

  it('asks before it lets a device in whose code is in the URL, as a link in a message may have it', async () => {
    const codes = await begin();
    const browser = new FollowingBrowser(service.url);
    const signIn = await browser.get(codes.verification_uri_complete);
    const confirm = await browser.submit(signIn, DEMO_USER);
    expect(confirm.text).toContain(codes.user_code);
    expect((await poll(codes.device_code)).body.error).toBe('authorization_pending');
    await browser.submit(confirm, { decision: 'allow' });
    expect((await poll(codes.device_code)).status).toBe(200);
  });

  it('counts the first decision only', async () => {
    const codes = await begin();
    const { browser, page } = await signedIn();
    const confirm = await browser.submit(page, { user_code: codes.user_code });
    await browser.submit(confirm, { decision: 'deny' });
    await browser.submit(confirm, { decision: 'allow' });
    expect((await poll(codes.device_code)).body.error).toBe('access_denied');
  });

  it('lets one of many concurrent questions through (L1)', async () => {
    const codes = await begin();
    await decide(codes, 'allow');
    const answers = await Promise.all(Array.from({ length: 30 }, () => poll(codes.device_code)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.error === 'invalid_grant')).toHaveLength(29);
  });

  it('tells another client nothing, which spends nothing (L4)', async () => {
    const codes = await begin();
    await decide(codes, 'allow');
    expect((await poll(codes.device_code, OTHER)).body.error).toBe('invalid_grant');
    expect((await poll(codes.device_code)).status).toBe(200);
  });

  it('keeps no device code in the database (L6)', async () => {
    const { device_code } = await begin();
    const { rows } = await service.database.pool.query(
      'SELECT to_jsonb(d)::text AS row FROM device_authorization d',
    );
    expect(JSON.stringify(rows)).not.toContain(device_code);
  });

  it('puts off whoever tries codes, and nobody else', async () => {
    const { browser, page } = await signedIn('mary', 'mary-password');
    const statuses = [];
    let at = page;
    for (const user_code of ['BBBB-BBBB', 'nonsense', 'CCCC-CCCC']) {
      at = await browser.submit(at, { user_code });
      statuses.push(at.status);
    }
    expect(statuses).toEqual([200, 200, 200]);
    const limited = await browser.submit(at, { user_code: 'DDDD-DDDD' });
    expect(limited.status).toBe(429);
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0);
    const codes = await begin();
    expect((await browser.get(codes.verification_uri_complete)).status).toBe(429);
    await decide(codes, 'allow');
    expect((await poll(codes.device_code)).status).toBe(200);
  });

  it('takes no decision from a form that is not ours (CSRF)', async () => {
    const codes = await begin();
    const { browser } = await signedIn();
    const forged = await browser.post('/device/decision', { user_code: codes.user_code, decision: 'allow' });
    expect(forged.status).toBe(403);
    expect((await poll(codes.device_code)).body.error).toBe('authorization_pending');
  });

  it('writes nothing that was typed into the page as markup', async () => {
    const { browser, page } = await signedIn();
    const { text } = await browser.submit(page, { user_code: '"><script>alert(1)</script>' });
    expect(text).not.toContain('<script>alert');
    expect((await browser.get('/device?user_code=%22%3E%3Cb%3E')).text).not.toContain('"><b>');
  });

  it.each<[string, Parameters, Caller | undefined, [number, string]]>([
    ['the secret is wrong', {}, { id: DEMO.id, secret: 'wrong' }, [401, 'invalid_client']],
    ['the client may not', {}, { id: 'no-device', secret: CLIENT_SECRET }, [400, 'unauthorized_client']],
    ['the scope is too wide', { scope: 'admin' }, undefined, [400, 'invalid_scope']],
    ['the scope stands twice', { scope: ['email', 'email'] }, undefined, [400, 'invalid_request']],
  ])('does not begin when %s', async (_case, parameters, client, expected) => {
    const answer = await ask(parameters, client);
    expect([answer.status, answer.body.error]).toEqual(expected);
  });

  it('is refused for a code that there is not, and none', async () => {
    expect((await poll('rgd_unknown')).body.error).toBe('invalid_grant');
    expect((await poll('')).body.error).toBe('invalid_request');
  });

  it('is in the metadata, and not where it is switched off (E1)', async () => {
    const metadata = async (url: string) =>
      (await send(`${url}/.well-known/oauth-authorization-server`, { method: 'GET' })).body;
    expect(await metadata(service.url)).toMatchObject({
      device_authorization_endpoint: `${service.url}/oauth2/device_authorization`,
      grant_types_supported: expect.arrayContaining([DEVICE_CODE_GRANT]),
    });
    const off = await startApp({ DISABLED_GRANT_TYPES: DEVICE_CODE_GRANT });
    try {
      expect(await metadata(off.url)).not.toHaveProperty('device_authorization_endpoint');
      const refused = await postForm(
        `${off.url}/oauth2/device_authorization`,
        {},
        { authorization: basic(DEMO.id, DEMO.secret!) },
      );
      expect(refused.body.error).toBe('unauthorized_client');
    } finally {
      await off.stop();
    }
  });
});
