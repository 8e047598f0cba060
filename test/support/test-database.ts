import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { execute } from './execute.js';

/** A database of a test's own, on the run's server or on one that is given. */
export interface TestDatabase {
  readonly url: string;
  readonly pool: pg.Pool;
  drop(): Promise<void>;
}

/** One whose migrations have run, on the run's server. */
export async function createDatabase(): Promise<TestDatabase> {
  const { TEST_DATABASE_URL: server, TEST_TEMPLATE_URL: template } = process.env;
  if (!server || !template) throw new Error('the global set-up did not run');
  return create(server, `TEMPLATE ${new URL(template).pathname.slice(1)} STRATEGY FILE_COPY`);
}

/** One with nothing in it. @param server the run's, unless another is given */
export async function createEmptyDatabase(server = process.env.TEST_DATABASE_URL): Promise<TestDatabase> {
  if (!server) throw new Error('the global set-up did not run');
  return create(server);
}

async function create(server: string, options = ''): Promise<TestDatabase> {
  const name = `regrant_test_${randomBytes(6).toString('hex')}`;
  await execute(server, `CREATE DATABASE ${name} ${options}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href, max: 4 });
  pool.on('error', () => undefined);
  return {
    url: url.href,
    pool,
    drop: async () => {
      await pool.end();
      await execute(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}
