import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Sweeper } from '../../src/database/sweeper.js';
import { basic, postForm } from '../support/http.js';
import { DEMO, refresh, signIn } from '../support/oauth.js';
import { startApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const DAY = 86_400;
const KEPT = 2 * DAY;

interface Ended {
  readonly count: number;
  /** Seconds ago. */
  readonly expired?: number;
  readonly revoked?: number;
}

describe('the purge', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await startApp({
      PURGE_AFTER: String(KEPT),
      PURGE_PAGES: '4',
      PURGE_PAUSE_MS: '1',
      PURGE_INTERVAL: '0',
    });
  }, 120_000);
  afterAll(() => api.stop());

  const insert = ({ count, expired = -DAY, revoked }: Ended) =>
    api.database.pool.query(
      `INSERT INTO token_family (id, user_id, client_id, key_version, token_hash, scopes, audiences, auth_time,
         issued_at, expires_at, revoked_at)
       SELECT gen_random_uuid(), gen_random_uuid(), 'demo', 1, '\\x00', '{}', '{}', now(), now() - interval '90 days',
         now() - make_interval(secs => $2), now() - make_interval(secs => $3)
       FROM generate_series(1, $1)`,
      [count, expired, revoked ?? null],
    );
  const countRows = async (table: string) => {
    const { rows } = await api.database.pool.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${table}`,
    );
    return rows[0]!.count;
  };
  const sweep = async (name: string) => {
    const progress: number[] = [];
    await api.app.get(Sweeper).run(name, (share) => progress.push(share));
    return progress;
  };

  it('deletes families that ended longer ago than PURGE_AFTER, and no others, under load', async () => {
    let { refresh_token: token } = (await signIn(api.url)).body as { refresh_token: string };
    await insert({ count: 2_000, expired: KEPT + 60 });
    await insert({ count: 300, expired: KEPT - 60 });
    await insert({ count: 2_000, revoked: KEPT + 60 });
    await insert({ count: 300, revoked: KEPT - 60 });
    await insert({ count: 300 });
    const sweeping = new AbortController();
    const swept = sweep('token families').finally(() => {
      sweeping.abort();
    });
    let refreshes = 0;
    while (!sweeping.signal.aborted) {
      const { status, body } = await refresh(api.url, token);
      expect(status).toBe(200);
      token = body.refresh_token as string;
      refreshes += 1;
    }
    const progress = await swept;
    expect(await countRows('token_family')).toBe(901);
    expect(refreshes).toBeGreaterThan(0);
    expect(progress.length).toBeGreaterThan(10);
    expect(progress.at(-1)).toBe(1);
    expect(progress).toEqual([...progress].sort((one, other) => one - other));
  }, 120_000);

  it('forgets revoked access tokens that have expired, and no others', async () => {
    const { access_token: token } = (await signIn(api.url)).body as { access_token: string };
    await postForm(`${api.url}/oauth2/revoke`, { token }, { authorization: basic(DEMO.id, DEMO.secret!) });
    await api.database.pool.query(
      `INSERT INTO revoked_access_token (jti, client_id, expires_at)
       SELECT gen_random_uuid()::text, 'demo', now() - interval '2 hours' FROM generate_series(1, 2500)`,
    );
    await sweep('revoked access tokens');
    expect(await countRows('revoked_access_token')).toBe(1);
    const answer = await postForm(
      `${api.url}/oauth2/introspect`,
      { token },
      { authorization: basic(DEMO.id, DEMO.secret!) },
    );
    expect(answer.body).toEqual({ active: false });
  });

  it('answers invalid_grant to the token of a family that is gone', async () => {
    const { refresh_token: token } = (await signIn(api.url)).body as { refresh_token: string };
    await api.database.pool.query(`UPDATE token_family SET expires_at = now() - interval '3 days'`);
    await sweep('token families');
    expect((await refresh(api.url, token)).body.error).toBe('invalid_grant');
  });

  it('is done by one replica, once in PURGE_INTERVAL', async () => {
    await insert({ count: 10, expired: KEPT + 60 });
    const { REGRANT_KEYS } = api.environment;
    const replica = () =>
      startApp({ REGRANT_KEYS, PURGE_AFTER: String(KEPT), PURGE_INTERVAL: '1' }, api.database);
    const replicas = [await replica(), await replica()];
    await until(async () => (await countRows('token_family')) === 0);
    const started = async (name: string) =>
      (
        await api.database.pool.query<{ started_at: Date }>('SELECT started_at FROM sweep WHERE name = $1', [
          name,
        ])
      ).rows[0]?.started_at.getTime() ?? 0;
    await until(async () => (await started('revoked access tokens')) > 0);
    const first = await started('token families');
    await until(async () => (await started('token families')) > first);
    expect((await started('token families')) - first).toBeGreaterThanOrEqual(1_000);
    await Promise.all(replicas.map(({ app }) => app.close()));
  }, 120_000);
});
