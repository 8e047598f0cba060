import { type DataSourceOptions } from 'typeorm';
import { type DatabaseSettings } from '../config/database.config.js';
import { migrations } from './migrations/index.js';
import { typeParsers } from './type-parsers.js';

/** How the service connects: one pool, UTC, every wait bounded. */
export function dataSourceOptions(settings: DatabaseSettings, url: string): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    migrations: [...migrations],
    migrationsTableName: 'schema_migration',
    poolSize: settings.poolSize,
    applicationName: 'regrant',
    logging: false,
    extra: {
      connectionTimeoutMillis: settings.timeoutMs,
      statement_timeout: settings.timeoutMs,
      query_timeout: settings.timeoutMs + 500,
      idle_in_transaction_session_timeout: settings.timeoutMs * 2,
      keepAlive: true,
      types: typeParsers,
    },
  };
}
