import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { familyIdOf, familyRow } from '../support/families.js';
import { basic } from '../support/http.js';
import { DEMO, firstRefreshToken, refresh } from '../support/oauth.js';
import { startApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

describe('a refresh whose client has gone', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await startApp({ ROTATION_LANES: '1' });
  }, 120_000);
  afterAll(() => api.stop());

  /** Holds the family's row, and with it the lane that wants to rotate it. @returns what lets go */
  async function hold(refreshToken: string): Promise<() => Promise<void>> {
    const client = await api.database.pool.connect();
    await client.query('BEGIN');
    await client.query('SELECT 1 FROM token_family WHERE id = $1 FOR UPDATE', [familyIdOf(refreshToken)]);
    return async () => {
      await client.query('COMMIT');
      client.release();
    };
  }

  const statements = async () => {
    const { rows } = await api.database.pool.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_stat_activity
       WHERE wait_event_type = 'Lock' AND query LIKE '%UPDATE token_family%' AND datname = current_database()`,
    );
    return rows[0]!.count;
  };

  function refreshAndGo(refreshToken: string): { leave: () => void } {
    const call = request(`${api.url}/oauth2/token`, {
      method: 'POST',
      headers: {
        authorization: basic(DEMO.id, DEMO.secret!),
        'content-type': 'application/x-www-form-urlencoded',
      },
    });
    call.on('error', () => undefined);
    call.end(`grant_type=refresh_token&refresh_token=${refreshToken}`);
    return { leave: () => call.destroy() };
  }

  it('spends nothing while it waits for its turn', async () => {
    const [held, waiting] = [await firstRefreshToken(api.url), await firstRefreshToken(api.url)];
    const release = await hold(held);
    const first = refresh(api.url, held);
    await until(async () => (await statements()) === 1);
    const { leave } = refreshAndGo(waiting);
    await delay(300);
    leave();
    await delay(300);
    await release();
    expect((await first).status).toBe(200);
    await delay(300);
    expect((await familyRow(api.database.pool, waiting))?.generation).toBe(0);
    expect((await refresh(api.url, waiting)).status).toBe(200);
  }, 60_000);

  it('is carried out once it was sent', async () => {
    const token = await firstRefreshToken(api.url);
    const release = await hold(token);
    const { leave } = refreshAndGo(token);
    await until(async () => (await statements()) === 1);
    leave();
    await delay(300);
    await release();
    await until(async () => (await familyRow(api.database.pool, token))?.generation === 1);
    expect((await refresh(api.url, token)).status).toBe(200);
  }, 60_000);
});
