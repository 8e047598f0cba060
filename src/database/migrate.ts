import { type PoolClient } from 'pg';
import { type DataSource } from 'typeorm';

/** Any number that no other advisory lock of the service has. */
const MIGRATION_LOCK = 7_236_001;

/**
 * Brings the schema up to date. Several replicas may start at once: one migrates, the others wait for it.
 */
export async function migrate(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  const connection = (await runner.connect()) as PoolClient;
  try {
    await connection.query('SET statement_timeout = 0');
    await connection.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await dataSource.runMigrations({ transaction: 'each' });
  } finally {
    await connection.query('SELECT pg_advisory_unlock_all()').catch(() => undefined);
    await connection.query('RESET statement_timeout').catch(() => undefined);
    await runner.release();
  }
}
