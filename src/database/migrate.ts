import { type PoolClient } from 'pg';
import { setTimeout as delay } from 'node:timers/promises';
import { type DataSource, MigrationExecutor } from 'typeorm';

/** Any number that no other advisory lock of the service has. */
const MIGRATION_LOCK = 7_236_001;
const ASK_EVERY_MS = 100;

/**
 * Brings the schema up to date. Several replicas may start at once: one migrates, the others wait for it.
 *
 * They ask again and again instead of waiting within a statement: an index that is built concurrently waits for
 * the end of every statement under way, and so would wait for whoever waits for it.
 */
export async function migrate(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  const connection = (await runner.connect()) as PoolClient;
  try {
    await connection.query('SET statement_timeout = 0');
    while (!(await hasLock(connection))) await delay(ASK_EVERY_MS);
    await dataSource.runMigrations();
  } finally {
    await connection.query('SELECT pg_advisory_unlock_all()').catch(() => undefined);
    await connection.query('RESET statement_timeout').catch(() => undefined);
    await runner.release();
  }
}

async function hasLock(connection: PoolClient): Promise<boolean> {
  const { rows } = await connection.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [
    MIGRATION_LOCK,
  ]);
  return rows[0]?.taken ?? false;
}

/** A schema that is behind this version of the program. */
export class SchemaBehindError extends Error {
  override readonly name = 'SchemaBehindError';
}

/** The names of the migrations that the database lacks, in their order. */
export async function pendingMigrations(dataSource: DataSource): Promise<string[]> {
  const pending = await new MigrationExecutor(dataSource).getPendingMigrations();
  return pending.map(({ name }) => name);
}

/** @throws SchemaBehindError */
export async function requireMigrated(dataSource: DataSource): Promise<void> {
  const { length: count } = await pendingMigrations(dataSource);
  if (count > 0) throw new SchemaBehindError(`the database lacks ${count} migration(s)`);
}
