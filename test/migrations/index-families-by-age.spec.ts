import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { DatabaseConfig } from '../../src/config/database.config.js';
import { dataSourceOptions, migrationOptions } from '../../src/database/data-source.js';
import { migrate } from '../../src/database/migrate.js';
import { IndexFamiliesByAge1763780000000 } from '../../src/database/migrations/1763780000000-index-families-by-age.js';
import { migrations } from '../../src/database/migrations/index.js';
import { createPartitionedDatabase, layoutOfFamilies } from '../support/partitioned-database.js';
import { createEmptyDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

const MIGRATION = new IndexFamiliesByAge1763780000000();
const OLD = ['token_family_client_id', 'token_family_user_id'];
const NEW = [
  'revocation_event_cutoff',
  'revocation_event_session_id',
  'token_family_client_id_id',
  'token_family_user_id_id',
];

/** The indexes are built on tables that are large and in use. */
describe('the indexes of families by age', () => {
  let database: TestDatabase;
  let sources: DataSource[];
  beforeEach(async () => {
    sources = [];
    database = await createEmptyDatabase();
  });
  afterEach(async () => {
    await Promise.all(sources.map((source) => source.destroy()));
    await database.drop();
  });

  const connect = async ({ url } = database): Promise<DataSource> => {
    const source = await new DataSource(migrationOptions(new DatabaseConfig(), url)).initialize();
    sources.push(source);
    return source;
  };
  const validIndexes = async (): Promise<string[]> => {
    const { rows } = await database.pool.query<{ name: string }>(
      `SELECT relname AS name FROM pg_index JOIN pg_class ON oid = indexrelid
       WHERE relname = ANY ($1) AND indisvalid ORDER BY relname`,
      [[...OLD, ...NEW]],
    );
    return rows.map(({ name }) => name);
  };

  it('leave no place for the older ones, and come and go with the migration', async () => {
    const source = await connect();
    await source.runMigrations();
    expect(await validIndexes()).toEqual(NEW);
    const runner = source.createQueryRunner();
    await MIGRATION.down(runner);
    expect(await validIndexes()).toEqual(OLD);
    await MIGRATION.up(runner);
    await runner.release();
    expect(await validIndexes()).toEqual(NEW);
  });

  it('are built anew where an interrupted run left an invalid one', async () => {
    const source = await connect();
    await source.runMigrations();
    await database.pool.query(
      `UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'token_family_user_id_id'::regclass`,
    );
    const runner = source.createQueryRunner();
    await MIGRATION.up(runner);
    await runner.release();
    expect(await validIndexes()).toEqual(NEW);
  });

  it('lock nobody out: families are written while a transaction holds the building up', async () => {
    const source = await connect();
    await source.runMigrations();
    const runner = source.createQueryRunner();
    await MIGRATION.down(runner);
    const reader = await database.pool.connect();
    await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await reader.query('SELECT count(*) FROM token_family');
    const building = MIGRATION.up(runner);
    await until(async () => (await waiting(database)) > 0);
    await database.pool.query(`UPDATE token_family SET last_used_at = now()`);
    await database.pool.query(`DELETE FROM token_family WHERE id = gen_random_uuid()`);
    expect(await validIndexes()).toEqual(OLD);
    await reader.query('COMMIT');
    reader.release();
    await building;
    await runner.release();
    expect(await validIndexes()).toEqual(NEW);
  });

  it('are built while other replicas wait for their turn to migrate', async () => {
    const replicas = await Promise.all([connect(), connect(), connect()]);
    await Promise.all(replicas.map((replica) => migrate(replica)));
    expect(await validIndexes()).toEqual(NEW);
    const { rows } = await database.pool.query('SELECT name FROM schema_migration ORDER BY id');
    expect(rows.map(({ name }: { name: string }) => name)).toEqual(migrations.map(({ name }) => name));
  });

  it('are those of each partition where the families are partitioned', async () => {
    const partitioned = await createPartitionedDatabase();
    const layout = await layoutOfFamilies(partitioned.database);
    const runner = (await connect(partitioned.database)).createQueryRunner();
    await MIGRATION.down(runner);
    expect(await layoutOfFamilies(partitioned.database)).not.toEqual(layout);
    await MIGRATION.up(runner);
    expect(await layoutOfFamilies(partitioned.database)).toEqual(layout);
    await runner.release();
    await Promise.all(sources.splice(0).map((source) => source.destroy()));
    await partitioned.database.drop();
  });

  it('can be reverted by TypeORM, in the transaction that it begins for that', async () => {
    const source = await new DataSource(dataSourceOptions(new DatabaseConfig(), database.url)).initialize();
    sources.push(source);
    await source.runMigrations();
    for (
      let index = migrations.length;
      index > migrations.indexOf(IndexFamiliesByAge1763780000000);
      index -= 1
    )
      await source.undoLastMigration();
    expect(await validIndexes()).toEqual(OLD);
  });
});

/** How many statements wait for the end of another's transaction. */
async function waiting({ pool }: TestDatabase): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_locks JOIN pg_stat_activity USING (pid)
     WHERE locktype = 'virtualxid' AND NOT granted AND datname = current_database()`,
  );
  return rows[0]!.count;
}
