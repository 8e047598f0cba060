import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { UserService } from '../../src/users/user.service.js';
import { type Answer } from '../support/http.js';
import { type Caller, DEMO, tokenRequest } from '../support/oauth.js';
import { CLIENT_SECRET, createUser, registerClient, startApp, type TestApp } from '../support/test-app.js';

const NO_REFRESH: Caller = { id: 'no-refresh', secret: CLIENT_SECRET };
const UTF8_PASSWORD = ' pä$$wörd 😀 & = + % ';

describe('password grant', () => {
  let service: TestApp;
  let mary: string;
  beforeAll(async () => {
    service = await startApp();
    mary = await createUser(service, 'Mary', UTF8_PASSWORD);
    await createUser(service, 'long', 'x'.repeat(1025));
    await registerClient(service, { id: NO_REFRESH.id, grantTypes: ['password'] });
  });
  afterAll(() => service.stop());

  const signIn = (parameters: Record<string, string | string[]>, client = DEMO): Promise<Answer> =>
    tokenRequest(service.url, client, { grant_type: 'password', ...parameters });
  const asMary = { username: 'mary', password: UTF8_PASSWORD };

  it('signs a user in, whatever the case of the name, and answers as RFC 6749 §5.1 has it (A4)', async () => {
    const answer = await signIn(asMary);
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' });
    expect(answer.body).toMatchObject({
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'profile email',
      refresh_token: expect.stringMatching(/^rgr_/),
      refresh_token_expires_in: expect.any(Number),
    });
    expect(decodeJwt(answer.body.access_token!)).toMatchObject({ sub: mary, amr: ['pwd'] });
  });

  it('gives no refresh token to a client that may not refresh, and keeps no session', async () => {
    const answer = await signIn(asMary, NO_REFRESH);
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.body).sort()).toEqual(['access_token', 'expires_in', 'scope', 'token_type']);
    expect(decodeJwt(answer.body.access_token!)).not.toHaveProperty('sid');
    const { rows } = await service.database.pool.query('SELECT 1 FROM token_family WHERE client_id = $1', [
      NO_REFRESH.id,
    ]);
    expect(rows).toEqual([]);
  });

  it('answers a wrong password, an unknown user and a disabled one alike: invalid_grant', async () => {
    const users = service.app.get(UserService);
    await users.change(await createUser(service, 'disabled', 'right'), { status: 'disabled' });
    const answers = await Promise.all([
      signIn({ username: 'john', password: 'wrong' }),
      signIn({ username: 'nobody', password: 'doe' }),
      signIn({ username: 'disabled', password: 'right' }),
    ]);
    expect(answers[0].status).toBe(400);
    expect(answers[0].body.error).toBe('invalid_grant');
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
  });

  it('does not take a password cut short, or one of more than 1024 characters', async () => {
    for (const password of [UTF8_PASSWORD.trim(), 'x'.repeat(1024), 'x'.repeat(1025)]) {
      expect((await signIn({ username: 'long', password })).body.error).toBe('invalid_grant');
    }
  });

  it.each<[string, Record<string, string | string[]>]>([
    ['username is missing', { password: 'doe' }],
    ['password is missing', { username: 'john' }],
    ['password is empty', { username: 'john', password: '' }],
    ['username stands twice', { username: ['john', 'mary'], password: 'doe' }],
    ['password stands twice', { username: 'john', password: ['doe', 'doe'] }],
  ])('refuses a request as invalid_request when %s (A1)', async (_case, parameters) => {
    const answer = await signIn(parameters);
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request']);
  });

  it.each<[string, Record<string, string>, string]>([
    ['a scope that the client is not registered for', { scope: 'profile admin' }, 'invalid_scope'],
    ['a malformed scope', { scope: 'profile  email' }, 'invalid_scope'],
    ['a resource that the client is not registered for', { resource: 'https://a.example' }, 'invalid_target'],
  ])('refuses %s', async (_case, parameters, error) => {
    const answer = await signIn({ ...asMary, ...parameters });
    expect([answer.status, answer.body.error]).toEqual([400, error]);
  });

  it('gives the scope that is asked for, and the client’s default for none or an empty one (A1)', async () => {
    expect((await signIn({ ...asMary, scope: 'email' })).body.scope).toBe('email');
    expect((await signIn({ ...asMary, scope: '' })).body.scope).toBe('profile email');
  });
});

describe('password grant, too many failures', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp({ LOGIN_FAILURE_LIMIT: '3', LOGIN_FAILURE_WINDOW: '600' });
    for (const name of ['ann', 'bob', 'eve']) await createUser(service, name, `${name}-password`);
  });
  afterAll(() => service.stop());

  const signIn = (username: string, password = `${username}-password`): Promise<Answer> =>
    tokenRequest(service.url, DEMO, { grant_type: 'password', username, password });

  it('puts one user off with 429 and Retry-After, even with the right password, and no other user', async () => {
    const statuses = [];
    for (let attempt = 0; attempt < 4; attempt += 1) statuses.push((await signIn('ann', 'wrong')).status);
    expect(statuses).toEqual([400, 400, 400, 429]);
    const limited = await signIn('ANN', 'ann-password');
    expect(limited.status).toBe(429);
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0);
    expect((await signIn('bob')).status).toBe(200);
  });

  it('forgets the failures of a user who then signs in', async () => {
    for (let round = 0; round < 3; round += 1) {
      for (let attempt = 0; attempt < 3; attempt += 1) {
        expect((await signIn('eve', 'wrong')).status).toBe(400);
      }
      expect((await signIn('eve')).status).toBe(200);
    }
  });

  it('writes a lock-out down in the audit log, once, with the user and no name that no user has', async () => {
    const id = await createUser(service, 'max', 'max-password');
    const entries = async () =>
      (
        await service.database.pool.query<{ document: { target?: { id: string }; details: object } }>(
          `SELECT document FROM audit_entry WHERE action = 'user.locked_out'`,
        )
      ).rows.map(({ document }) => document);
    const before = (await entries()).length;
    for (let attempt = 0; attempt < 6; attempt += 1) {
      await signIn('max', 'wrong');
      await signIn('a password as a name', 'wrong');
    }
    const after = await entries();
    expect(after).toHaveLength(before + 2);
    expect(after.filter(({ target }) => target?.id === id)).toMatchObject([
      { actor: { type: 'system' }, details: { address: '127.0.0.1', wait_seconds: expect.any(Number) } },
    ]);
    expect(JSON.stringify(after)).not.toContain('a password as a name');
  });

  it('does not let parallel guesses slip past the limit', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) => signIn('bob', `guess ${index}`)),
    );
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(3);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(9);
  });
});
