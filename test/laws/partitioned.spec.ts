import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Sweeper } from '../../src/database/sweeper.js';
import { UserLifecycleService } from '../../src/revocation/user-lifecycle.service.js';
import { age, countEvents, familyRow } from '../support/families.js';
import { type Answer } from '../support/http.js';
import { DEMO, firstRefreshToken, refresh } from '../support/oauth.js';
import {
  createPartitionedDatabase,
  layoutOfFamilies,
  statisticsOfFamilies,
} from '../support/partitioned-database.js';
import { beginFamilies, rotateAtRandom } from '../support/rotate-at-random.js';
import { CLIENT_SECRET, createUser, registerClient, startApp, type TestApp } from '../support/test-app.js';
import { type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

const ROUNDS = 20;
const PRESENTATIONS = 20;
const KEPT = 2 * 86_400;
const NO_GRACE = { id: 'no-grace', secret: CLIENT_SECRET };
const LIMITED = { id: 'limited', secret: CLIENT_SECRET };

/** docs/scaling.md: the laws hold, and nothing of the service changes, where the families are partitioned. */
describe('on 16 partitions, two replicas', () => {
  let database: TestDatabase;
  let replicas: TestApp[];
  let layouts: string[][];
  /** Of a family that is older than its partition. */
  let earlier: string;
  beforeAll(async () => {
    layouts = [];
    const partitioned = await createPartitionedDatabase(async (service) => {
      earlier = await firstRefreshToken(service.url);
      layouts.push(await layoutOfFamilies(service.database));
    });
    ({ database } = partitioned);
    layouts.push(await layoutOfFamilies(database));
    const purge = { PURGE_AFTER: String(KEPT), PURGE_PAGES: '32', PURGE_PAUSE_MS: '0', PURGE_INTERVAL: '0' };
    const environment = { ...partitioned.environment, ...purge };
    replicas = [await startApp(environment, database), await startApp(environment, database)];
    await registerClient(replicas[0]!, { id: NO_GRACE.id, tokenPolicy: { rotation_grace_seconds: 0 } });
    await registerClient(replicas[0]!, { id: LIMITED.id, tokenPolicy: { max_families_per_user: 3 } });
  }, 120_000);
  afterAll(async () => {
    await Promise.all(replicas.map(({ app }) => app.close()));
    await database.drop();
  });

  const replica = (index: number): TestApp => replicas[index % replicas.length]!;
  const presentEverywhere = (token: string, client = DEMO): Promise<Answer[]> =>
    Promise.all(
      Array.from({ length: PRESENTATIONS }, (_, index) => refresh(replica(index).url, token, client)),
    );
  const signInAs = (username: string, client = LIMITED): Promise<string> =>
    firstRefreshToken(replica(0).url, client, { username, password: username, scope: '' });

  it('has the columns, indexes and constraints of the table before', () => {
    expect(layouts[1]).toEqual(layouts[0]);
    expect(layouts[0]).toContainEqual(expect.stringContaining('PRIMARY KEY'));
  });

  it('refreshes a session from before, and one that began on the partitions', async () => {
    for (let token of [earlier, await firstRefreshToken(replica(0).url)]) {
      for (let generation = 1; generation <= 5; generation += 1) {
        const { status, body } = await refresh(replica(generation).url, token);
        expect(status).toBe(200);
        token = body.refresh_token!;
        expect(await familyRow(database.pool, token)).toMatchObject({ generation, revoked_at: null });
      }
    }
  });

  it('gives concurrent presentations of one token one successor inside grace (L1)', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const token = await firstRefreshToken(replica(round).url);
      const answers = await presentEverywhere(token);
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
      expect(await familyRow(database.pool, token)).toMatchObject({ generation: 1, revoked_at: null });
    }
  }, 120_000);

  it('lets exactly one presentation succeed without grace, and ends the family with one event (L1)', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const token = await firstRefreshToken(replica(round).url, NO_GRACE);
      const answers = await presentEverywhere(token, NO_GRACE);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ body }) => body.error === 'invalid_grant')).toHaveLength(PRESENTATIONS - 1);
      expect(await familyRow(database.pool, token)).toMatchObject({ revocation_reason: 'replay' });
      expect(await countEvents(database.pool, token)).toBe(1);
    }
  }, 120_000);

  it('ends a family whose predecessor is presented after grace, and its successor with it (S0.2)', async () => {
    const first = await firstRefreshToken(replica(0).url);
    const { refresh_token: second } = (await refresh(replica(0).url, first)).body;
    await age(database.pool, first, 60);
    expect((await refresh(replica(1).url, first)).body.error).toBe('invalid_grant');
    expect((await refresh(replica(0).url, second!)).body.error).toBe('invalid_grant');
    expect(await countEvents(database.pool, first)).toBe(1);
  });

  it('revokes all families of a user, whatever partition they are in, and nobody else’s', async () => {
    const ann = await createUser(replica(0), 'ann', 'ann');
    await createUser(replica(0), 'ben', 'ben');
    const hers = await Promise.all(Array.from({ length: 20 }, () => signInAs('ann', NO_GRACE)));
    const his = await signInAs('ben', NO_GRACE);
    await replica(0).app.get(UserLifecycleService).setPassword(ann, 'new', 'user');
    const rows = await Promise.all(hers.map((token) => familyRow(database.pool, token)));
    expect(new Set(rows.map((row) => row?.revocation_reason))).toEqual(new Set(['password_change']));
    const answers = await Promise.all(hers.map((token) => refresh(replica(1).url, token, NO_GRACE)));
    expect(new Set(answers.map(({ body }) => body.error))).toEqual(new Set(['invalid_grant']));
    expect((await refresh(replica(1).url, his, NO_GRACE)).status).toBe(200);
  });

  it('keeps to max_families_per_user', async () => {
    await createUser(replica(0), 'cat', 'cat');
    const tokens = [];
    for (let index = 0; index < 5; index += 1) tokens.push(await signInAs('cat'));
    const rows = await Promise.all(tokens.map((token) => familyRow(database.pool, token)));
    expect(rows.map((row) => row?.revoked_at === null)).toEqual([false, false, true, true, true]);
  });

  it('purges the families of every partition that ended long ago, and no others', async () => {
    const insert = (count: number, expired: number) =>
      database.pool.query(
        `INSERT INTO token_family (id, user_id, client_id, key_version, token_hash, scopes, audiences, auth_time,
           issued_at, expires_at)
         SELECT gen_random_uuid(), gen_random_uuid(), 'purged', 1, '\\x00', '{}', '{}', now(),
           now() - interval '90 days', now() - make_interval(secs => $2)
         FROM generate_series(1, $1)`,
        [count, expired],
      );
    await insert(4_000, KEPT + 60);
    await insert(500, KEPT - 60);
    const others = await countFamilies(database, `client_id <> 'purged'`);
    const progress: number[] = [];
    await replica(0)
      .app.get(Sweeper)
      .run('token families', (share) => progress.push(share));
    expect(await countFamilies(database, `client_id = 'purged'`)).toBe(500);
    expect(await countFamilies(database, `client_id <> 'purged'`)).toBe(others);
    expect(progress.length).toBeGreaterThan(3);
    expect(progress.at(-1)).toBe(1);
  });
});

/** On a database of its own: what other laws do to a family is in the statistics too. */
describe('L7 on 16 partitions', () => {
  // The fewer there are, the more often a page is written before it can be pruned.
  const FAMILIES = 2_000;
  const ROTATIONS = 4_000;
  let database: TestDatabase;
  let service: TestApp;
  beforeAll(async () => {
    const partitioned = await createPartitionedDatabase();
    ({ database } = partitioned);
    service = await startApp(partitioned.environment, database);
  }, 120_000);
  afterAll(() => database.drop());

  it('makes every rotation a HOT update, whatever partition its family is in', async () => {
    await rotateAtRandom(service, await beginFamilies(service, FAMILIES), ROTATIONS, PRESENTATIONS);
    expect(await countFamilies(database)).toBe(FAMILIES);
    await service.app.close();
    await until(async () => (await statisticsOfFamilies(database)).updates >= ROTATIONS);
    const all = { partitions: 16, updates: ROTATIONS, hot: ROTATIONS };
    expect(await statisticsOfFamilies(database)).toEqual(all);
  }, 120_000);
});

async function countFamilies({ pool }: TestDatabase, condition = 'true'): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM token_family WHERE ${condition}`,
  );
  return rows[0]!.count;
}
