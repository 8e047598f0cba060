import pg from 'pg';
import { type TestDatabase } from './test-database.js';

/**
 * Makes Postgres refuse one database: its connections are cut, and new ones turned away.
 *
 * @returns what lets them in again
 */
export async function refuseConnections({ url }: TestDatabase): Promise<() => Promise<void>> {
  const name = new URL(url).pathname.slice(1);
  await onServer(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
  await onServer(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
  return () => onServer(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: process.env.TEST_DATABASE_URL });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
