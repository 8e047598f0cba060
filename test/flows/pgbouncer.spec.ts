import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { basic, postForm } from '../support/http.js';
import { DEMO, firstRefreshToken, refresh, signIn } from '../support/oauth.js';
import { type PgBouncer, startPgBouncer } from '../support/pgbouncer.js';
import { startApp, type TestApp } from '../support/test-app.js';
import { createDatabase, type TestDatabase } from '../support/test-database.js';
import { accessToken, readEvents } from '../support/event-reader.js';

const ROUNDS = 20;
const CALLERS = 20;
/** Fewer than the service's own connections, so that they do change hands. */
const SERVER_CONNECTIONS = 3;

describe('behind PgBouncer in transaction mode (DATABASE_DIRECT_URL)', () => {
  let database: TestDatabase;
  let pooler: PgBouncer;
  let api: TestApp;
  beforeAll(async () => {
    database = await createDatabase();
    pooler = await startPgBouncer(database.url, SERVER_CONNECTIONS);
    api = await startApp({ DATABASE_URL: pooler.url, DATABASE_DIRECT_URL: database.url }, database);
  }, 120_000);
  afterAll(async () => {
    await api.stop();
    await pooler.stop();
    await database.drop();
    delete process.env.DATABASE_DIRECT_URL;
  });

  const revoke = (token: string) =>
    postForm(`${api.url}/oauth2/revoke`, { token }, { authorization: basic(DEMO.id, DEMO.secret!) });

  it('rotates once, however many present a token at once (L1)', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const token = await firstRefreshToken(api.url);
      const answers = await Promise.all(Array.from({ length: CALLERS }, () => refresh(api.url, token)));
      expect(new Set(answers.map(({ status, body }) => `${status} ${String(body.refresh_token)}`)).size).toBe(
        1,
      );
      expect(answers[0]!.status).toBe(200);
    }
  }, 120_000);

  it('serves many sessions at once, each statement wherever there is room', async () => {
    const tokens = await Promise.all(Array.from({ length: 10 }, () => firstRefreshToken(api.url)));
    const chains = tokens.map(async (first) => {
      let token = first;
      for (let round = 0; round < 10; round += 1) {
        const { status, body } = await refresh(api.url, token);
        expect(status).toBe(200);
        token = body.refresh_token as string;
      }
    });
    await Promise.all(chains);
  }, 120_000);

  it('ends a replayed family, and tells of it in the event stream', async () => {
    const { body } = await signIn(api.url);
    const first = body.refresh_token as string;
    let token = first;
    for (let round = 0; round < 2; round += 1)
      token = (await refresh(api.url, token)).body.refresh_token as string;
    const reader = await readEvents(api.url, await accessToken(api.url, DEMO, 'events.read'));
    expect((await refresh(api.url, first)).body.error).toBe('invalid_grant');
    expect((await refresh(api.url, token)).body.error).toBe('invalid_grant');
    expect((await revoke(await firstRefreshToken(api.url))).status).toBe(200);
    await reader.has(2);
    reader.close();
  }, 120_000);
});
