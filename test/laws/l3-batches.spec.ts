import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { firstRefreshToken, refresh } from '../support/oauth.js';
import { createDatabase, type TestDatabase } from '../support/test-database.js';
import { startApp, type TestApp } from '../support/test-app.js';

const CLIENTS = 64;
const ROUNDS = 100;

/** L3 for rotations that share statements: whatever is cut off in the middle, every client refreshes on. */
describe('L3 with batches', () => {
  let database: TestDatabase;
  let service: TestApp;
  beforeAll(async () => {
    database = await createDatabase();
    service = await startApp({ ROTATION_LANES: '2' }, database);
  });
  afterAll(async () => {
    await service.stop();
    await database.drop();
  });

  it(`strands none of ${CLIENTS} clients whose connections to Postgres are killed in mid-batch, ${ROUNDS} times`, async () => {
    const tokens = await Promise.all(Array.from({ length: CLIENTS }, () => firstRefreshToken(service.url)));
    let faults = 0;
    let isOver = false;
    const clients = tokens.map(async (first) => {
      for (let token = first; !isOver;) {
        const { status, body } = await refresh(service.url, token);
        if (status === 200) token = body.refresh_token!;
        else expect([status, body.error]).toEqual([503, 'temporarily_unavailable']);
        if (status === 503) faults += 1;
      }
    });
    for (let round = 0; round < ROUNDS; round += 1) {
      await delay(20 + Math.random() * 40);
      await database.pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'regrant'`,
      );
    }
    isOver = true;
    await Promise.all(clients);
    expect(faults).toBeGreaterThan(0);
    const { rows } = await database.pool.query('SELECT 1 FROM token_family WHERE revoked_at IS NOT NULL');
    expect(rows).toHaveLength(0);
  }, 120_000);
});
