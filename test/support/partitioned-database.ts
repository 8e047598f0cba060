import { readFile } from 'node:fs/promises';
import { type TestEnvironment } from './environment.js';
import { startApp, type TestApp } from './test-app.js';
import { createDatabase, type TestDatabase } from './test-database.js';

const SCRIPT = new URL('../../docs/partition-token-family.sql', import.meta.url);

/** A migrated database whose families have been partitioned, and what a service on it must be started with. */
export interface PartitionedDatabase {
  readonly database: TestDatabase;
  readonly environment: TestEnvironment;
}

/**
 * Migrates a database and partitions its families, as docs/scaling.md has it done.
 *
 * @param before what is to be there already, done with a service on the table as it was
 */
export async function createPartitionedDatabase(
  before: (service: TestApp) => Promise<void> = () => Promise.resolve(),
): Promise<PartitionedDatabase> {
  const database = await createDatabase();
  const service = await startApp({}, database);
  await before(service);
  await service.app.close();
  await database.pool.query(await readFile(SCRIPT, 'utf8'));
  const { REGRANT_KEYS, REDIS_KEY_PREFIX } = service.environment;
  return { database, environment: { REGRANT_KEYS, REDIS_KEY_PREFIX } };
}

/** How the family table is built: `name type` of its columns, and names of indexes and constraints. */
export async function layoutOfFamilies({ pool }: TestDatabase): Promise<string[]> {
  const { rows } = await pool.query<{ part: string }>(
    `SELECT attname || ' ' || format_type(atttypid, atttypmod) || CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END
         || COALESCE(' DEFAULT ' || pg_get_expr(adbin, adrelid), '') AS part
       FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
       WHERE attrelid = 'token_family'::regclass AND attnum > 0 AND NOT attisdropped
     UNION ALL
     SELECT replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ')
       FROM pg_index WHERE indrelid = 'token_family'::regclass
     UNION ALL
     SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'token_family'::regclass
     ORDER BY part`,
  );
  return rows.map(({ part }) => part);
}

/** What Postgres counted in all partitions. */
export interface PartitionStatistics {
  /** Those that hold rows. */
  readonly partitions: number;
  readonly updates: number;
  readonly hot: number;
}

/** Backends tell what they counted late, and all of it when they end. */
export async function statisticsOfFamilies({ pool }: TestDatabase): Promise<PartitionStatistics> {
  const { rows } = await pool.query<PartitionStatistics>(
    `SELECT count(*) FILTER (WHERE n_tup_ins > 0)::int AS partitions,
       sum(n_tup_upd)::int AS updates, sum(n_tup_hot_upd)::int AS hot
     FROM pg_stat_user_tables WHERE relid IN (SELECT relid FROM pg_partition_tree('token_family') WHERE isleaf)`,
  );
  return rows[0]!;
}
