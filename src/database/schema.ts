import { DataSource } from 'typeorm';
import { databaseConfig } from '../config/database.config.js';
import { dataSourceOptions } from './data-source.js';
import { localPostgres } from './database-server.module.js';
import { migrateBeyondPooler } from './direct-data-source.js';
import { pendingMigrations } from './migrate.js';
import { hearEveryError, poolOf } from './pool.js';

/** The schema of the database, whatever state it is in. */
export interface Schema {
  /** The names of the migrations that it lacks, in their order. */
  pending(): Promise<string[]>;
  /** Runs them. */
  migrate(): Promise<void>;
}

/** Runs `work` on the schema, with nothing connected that relies on it. The environment is one that was checked. */
export async function withSchema<Result>(work: (schema: Schema) => Promise<Result>): Promise<Result> {
  const settings = databaseConfig();
  const local = await localPostgres(settings, 'one-off');
  const dataSource = new DataSource(dataSourceOptions(settings, local?.url ?? settings.url));
  try {
    hearEveryError(poolOf(await dataSource.initialize()));
    return await work({
      pending: () => pendingMigrations(dataSource),
      migrate: () => migrateBeyondPooler(dataSource),
    });
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
    await local?.stop();
  }
}
