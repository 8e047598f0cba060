import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClientDirectory } from '../../src/clients/client-directory.js';
import { Database } from '../../src/database/database.js';
import { TokenFamilyService } from '../../src/tokens/families/token-family.service.js';
import { UserService } from '../../src/users/user.service.js';
import { DEMO, refresh } from '../support/oauth.js';
import { createDatabase, type TestDatabase } from '../support/test-database.js';
import { startApp, type TestApp } from '../support/test-app.js';

const FAMILIES = 500;
const ROTATIONS = 10_000;
const CONNECTIONS = 20;

interface Statistics {
  readonly updates: number;
  readonly hot: number;
}

/** L7: no index is touched by a rotation, and no table grows by refreshing. */
describe('L7 rotation is HOT', () => {
  let database: TestDatabase;
  let service: TestApp;
  beforeAll(async () => {
    database = await createDatabase();
    // Without sweeps, which note when they were.
    service = await startApp({ PURGE_INTERVAL: '0' }, database);
  });
  afterAll(() => database.drop());

  it('makes 10,000 rotations 10,000 HOT updates and not one row', async () => {
    const tokens = await beginFamilies(service);
    const before = await countRows(database);
    let turns = ROTATIONS;
    const rotateAtRandom = async () => {
      while (turns-- > 0) {
        // As sessions refresh in life: in no order, and each one not before it has got its answer.
        const [token] = tokens.splice(Math.floor(Math.random() * tokens.length), 1);
        const { status, body } = await refresh(service.url, token!);
        if (status !== 200) throw new Error(`refused: ${JSON.stringify(body)}`);
        tokens.push(body.refresh_token!);
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, rotateAtRandom));
    expect(await countRows(database)).toEqual(before);
    // A backend that ends tells the statistics all that it did.
    await service.app.close();
    expect(await updatesOfFamilies(database)).toEqual({ updates: ROTATIONS, hot: ROTATIONS });
  }, 300_000);
});

/** Begins sessions of the demo user, without the work of so many sign-ins. */
async function beginFamilies({ app }: TestApp): Promise<string[]> {
  const client = (await app.get(ClientDirectory).find(DEMO.id))!;
  const { id: userId } = (await app.get(UserService).findByUsername('john'))!;
  const grant = { client, userId, scopes: ['profile'], audiences: [], authTime: new Date(), amr: ['pwd'] };
  const families = app.get(TokenFamilyService);
  const begun = Array.from({ length: FAMILIES }, () => families.begin(app.get(Database), grant));
  return (await Promise.all(begun)).map(({ refreshToken }) => refreshToken);
}

async function updatesOfFamilies({ pool }: TestDatabase): Promise<Statistics> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const { rows } = await pool.query<Statistics>(
      `SELECT n_tup_upd::int AS updates, n_tup_hot_upd::int AS hot
       FROM pg_stat_user_tables WHERE relname = 'token_family'`,
    );
    if (rows[0]!.updates >= ROTATIONS || Date.now() > deadline) return rows[0]!;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Rows by table. */
async function countRows({ pool }: TestDatabase): Promise<Record<string, number>> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `SELECT quote_ident(relname) AS name FROM pg_stat_user_tables ORDER BY relname`,
  );
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    const { rows } = await pool.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${name}`);
    counts[name] = rows[0]!.count;
  }
  return counts;
}
