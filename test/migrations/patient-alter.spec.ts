import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type PoolClient } from 'pg';
import { DataSource, type QueryRunner } from 'typeorm';
import { DatabaseConfig } from '../../src/config/database.config.js';
import { migrationOptions } from '../../src/database/data-source.js';
import { alterTable } from '../../src/database/patient-alter.js';
import { createDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

const ADD = 'ALTER TABLE client ADD COLUMN added integer';

/** While a dump holds the table, the service has to go on with it. */
describe('alterTable', () => {
  let database: TestDatabase;
  let source: DataSource;
  let runner: QueryRunner;
  let reader: PoolClient;
  beforeEach(async () => {
    database = await createDatabase();
    source = await new DataSource(migrationOptions(new DatabaseConfig(), database.url)).initialize();
    runner = source.createQueryRunner();
    reader = await database.pool.connect();
    await reader.query('BEGIN');
    await reader.query('SELECT count(*) FROM client');
  });
  afterEach(async () => {
    reader.release(true);
    await runner.release();
    await source.destroy();
    await database.drop();
  });

  const isWaiting = async (): Promise<boolean> => {
    const { rows } = await database.pool.query<{ waits: boolean }>(
      `SELECT EXISTS (SELECT 1 FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock' AND query = $1) AS waits`,
      [ADD],
    );
    return rows[0]!.waits;
  };
  const hasColumn = async (): Promise<boolean> => {
    const { rows } = await database.pool.query(
      `SELECT 1 FROM information_schema.columns WHERE table_name = 'client' AND column_name = 'added'`,
    );
    return rows.length > 0;
  };

  it.each(['by itself', 'in a transaction'])(
    'lets others through while it waits for a reader, %s',
    async (where) => {
      if (where === 'in a transaction') await runner.startTransaction();
      let isDone = false;
      const altering = alterTable(runner, ADD).then(() => (isDone = true));
      for (let round = 0; round < 2; round += 1) {
        await until(isWaiting);
        // Behind the statement in the queue, until that gives up.
        await database.pool.query('SELECT count(*) FROM client');
        expect(isDone).toBe(false);
      }
      await reader.query('COMMIT');
      await altering;
      if (runner.isTransactionActive) await runner.commitTransaction();
      expect(await hasColumn()).toBe(true);
      const [{ lock_timeout: limit } = {}] = (await runner.query('SHOW lock_timeout')) as Record<
        string,
        string
      >[];
      expect(limit).toBe('0');
    },
  );

  it('fails where the statement is wrong, and leaves the transaction around it usable', async () => {
    await runner.startTransaction();
    await expect(alterTable(runner, 'ALTER TABLE nothing ADD COLUMN added integer')).rejects.toThrow(
      'nothing',
    );
    await reader.query('COMMIT');
    await alterTable(runner, ADD);
    await runner.commitTransaction();
    expect(await hasColumn()).toBe(true);
  });
});
