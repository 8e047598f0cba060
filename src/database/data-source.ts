import { type DataSourceOptions } from 'typeorm';
import { DatabaseConfig, type DatabaseSettings } from '../config/database.config.js';
import { migrations } from './migrations/index.js';
import { typeParsers } from './type-parsers.js';

/** Who listens. */
const DIRECT_POOL_SIZE = 4;
/** One that holds the lock, and one that migrates. */
const MIGRATION_POOL_SIZE = 2;

/** How the service connects: one pool, UTC, every wait bounded. */
export function dataSourceOptions(settings: DatabaseSettings, url: string): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    migrations: [...migrations],
    migrationsTableName: 'schema_migration',
    migrationsTransactionMode: 'each',
    poolSize: settings.poolSize,
    applicationName: 'regrant',
    logging: false,
    extra: {
      connectionTimeoutMillis: settings.timeoutMs,
      query_timeout: settings.timeoutMs + 500,
      keepAlive: true,
      types: typeParsers,
      // A pooler has no session to set them for: there they are the role's.
      ...(!settings.isPooled && {
        statement_timeout: settings.timeoutMs,
        idle_in_transaction_session_timeout: settings.timeoutMs * 2,
      }),
    },
  };
}

/** The same without bounds: a migration of a large table takes its time. */
export function migrationOptions(settings: DatabaseSettings, url: string): DataSourceOptions {
  const extra = { connectionTimeoutMillis: settings.timeoutMs, keepAlive: true, types: typeParsers };
  return { ...dataSourceOptions(settings, url), poolSize: MIGRATION_POOL_SIZE, extra } as DataSourceOptions;
}

/** The same, with sessions of its own: for what lasts longer than a transaction. */
export function directDataSourceOptions(settings: DatabaseSettings): DataSourceOptions {
  const direct = Object.assign(new DatabaseConfig(), settings, { directUrl: '', poolSize: DIRECT_POOL_SIZE });
  return dataSourceOptions(direct, settings.directUrl);
}
