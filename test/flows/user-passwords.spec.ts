import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { UserLifecycleService } from '../../src/revocation/user-lifecycle.service.js';
import { type Answer } from '../support/http.js';
import { DEMO, tokenRequest } from '../support/oauth.js';
import { createUser, startApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

/** By bcrypt of Python. */
const BCRYPT = '$2b$04$2aJj8aIStU12z2TeQze7ueu9rar.CtrsIVGQTmQrcCDbidGakB1Vq';
const PASSWORD = 'correct horse bätter y';
const TODAYS = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/;

describe('a sign-in with a hash that was made elsewhere', () => {
  let service: TestApp;
  let id: string;
  let username: string;
  let count = 0;
  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.stop());
  beforeEach(async () => {
    username = `user-${(count += 1)}`;
    id = await createUser(service, username, 'to be replaced');
    await store(BCRYPT);
  });

  const query = (text: string, values: unknown[] = []) =>
    service.database.pool.query<{ password_hash: string; updated_at: Date }>(text, values);
  const store = (hash: string) =>
    query('UPDATE user_account SET password_hash = $2 WHERE id = $1', [id, hash]);
  const stored = async () => (await query('SELECT * FROM user_account WHERE id = $1', [id])).rows[0]!;
  const signIn = (password = PASSWORD): Promise<Answer> =>
    tokenRequest(service.url, DEMO, { grant_type: 'password', username, password });

  it('stores the password hashed anew, and nothing else of the user changes', async () => {
    const before = await stored();
    expect((await signIn()).status).toBe(200);
    const after = await stored();
    expect(after.password_hash).toMatch(TODAYS);
    expect(after).toEqual({ ...before, password_hash: after.password_hash });
    expect((await signIn()).status).toBe(200);
    expect(await stored()).toEqual(after);
  });

  it('stores nothing after a wrong password', async () => {
    expect((await signIn('wrong')).body.error).toBe('invalid_grant');
    expect((await stored()).password_hash).toBe(BCRYPT);
  });

  it('stores nothing for a user who is disabled', async () => {
    await service.app.get(UserLifecycleService).disable(id, 'admin');
    expect((await signIn()).body.error).toBe('invalid_grant');
    expect((await stored()).password_hash).toBe(BCRYPT);
  });

  it('does not undo a change of the password that was made meanwhile', async () => {
    const other = await service.database.pool.connect();
    try {
      await other.query('BEGIN');
      await other.query('UPDATE user_account SET password_hash = $2 WHERE id = $1', [id, 'the new hash']);
      const signedIn = signIn();
      await until(async () => {
        const { rowCount } = await query(
          `SELECT 1 FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'UPDATE user_account%'`,
        );
        return rowCount === 1;
      });
      await other.query('COMMIT');
      expect((await signedIn).status).toBe(200);
    } finally {
      other.release();
    }
    expect((await stored()).password_hash).toBe('the new hash');
  });

  it('lets all of many in who sign in at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => signIn()));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    expect((await stored()).password_hash).toMatch(TODAYS);
  });

  describe('where nothing can be stored', () => {
    beforeEach(async () => {
      await query(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'not now'; END $$`);
      await query(`CREATE TRIGGER refuse BEFORE UPDATE OF password_hash ON user_account
        FOR EACH ROW EXECUTE FUNCTION refuse()`);
    });
    afterEach(() => query('DROP FUNCTION refuse CASCADE'));

    it('is a sign-in all the same', async () => {
      expect((await signIn()).status).toBe(200);
      expect((await stored()).password_hash).toBe(BCRYPT);
    });
  });
});
