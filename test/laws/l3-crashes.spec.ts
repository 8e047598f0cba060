import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { setTimeout as delay } from 'node:timers/promises';
import { firstRefreshToken, refresh } from '../support/oauth.js';
import { type PostgresServer, startPostgres } from '../support/postgres-server.js';
import { startApp, type TestApp } from '../support/test-app.js';
import { createEmptyDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

const CLIENTS = 64;
const ROUNDS = 100;

/**
 * L3 while Postgres itself crashes: one of its processes is killed, it ends all others in whatever they do, and
 * recovers from its log. What was committed and not answered is answered again, what was not is done again.
 */
describe('L3 with a Postgres that crashes', () => {
  let postgres: PostgresServer;
  let database: TestDatabase;
  let service: TestApp;
  beforeAll(async () => {
    postgres = await startPostgres();
    database = await createEmptyDatabase(postgres.url);
    service = await startApp({ ROTATION_LANES: '2' }, database);
  });
  afterAll(async () => {
    await service.stop();
    await postgres.stop();
  });

  it(`strands none of ${CLIENTS} clients in ${ROUNDS} crashes in mid-batch, each recovered from`, async () => {
    const tokens = await Promise.all(Array.from({ length: CLIENTS }, () => firstRefreshToken(service.url)));
    const generations = tokens.map(() => 0);
    let isOver = false;
    const clients = tokens.map(async (first, client) => {
      for (let token = first; !isOver;) {
        const { status, body } = await refresh(service.url, token);
        expect([200, 503]).toContain(status);
        if (status === 503) expect(body.error).toBe('temporarily_unavailable');
        else {
          token = body.refresh_token!;
          generations[client]! += 1;
        }
      }
    });
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = generations.reduce((sum, count) => sum + count, 0);
      await until(() => generations.reduce((sum, count) => sum + count, 0) > before + CLIENTS);
      await delay(Math.random() * 20);
      await crash();
    }
    const before = [...generations];
    await until(() => generations.every((count, client) => count > before[client]!));
    isOver = true;
    await Promise.all(clients);
    const { rows } = await query<{ generation: number; revoked: boolean }>(
      'SELECT generation, revoked_at IS NOT NULL AS revoked FROM token_family ORDER BY generation',
    );
    expect(rows.map(({ revoked }) => revoked)).toEqual(tokens.map(() => false));
    expect(rows.map(({ generation }) => generation)).toEqual(generations.sort((left, right) => left - right));
  }, 600_000);

  /** Kills a process that serves the service. */
  async function crash(): Promise<void> {
    const { rows } = await query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'regrant'
       ORDER BY state = 'active' DESC LIMIT 1`,
    );
    const [victim] = rows;
    if (victim) process.kill(victim.pid, 'SIGKILL');
  }

  /** On a connection of its own, once Postgres takes one again. */
  async function query<Row extends pg.QueryResultRow>(statement: string): Promise<pg.QueryResult<Row>> {
    for (;;) {
      const client = new pg.Client({ connectionString: database.url });
      client.on('error', () => undefined);
      try {
        await client.connect();
        return await client.query<Row>(statement);
      } catch {
        await delay(10);
      } finally {
        await client.end().catch(() => undefined);
      }
    }
  }
});
