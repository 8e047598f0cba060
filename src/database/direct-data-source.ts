import { getDataSourceToken } from '@nestjs/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { databaseConfig, type DatabaseSettings } from '../config/database.config.js';
import { directDataSourceOptions, migrationOptions } from './data-source.js';
import { migrate } from './migrate.js';
import { hearEveryError, poolOf } from './pool.js';

/** Connections whose sessions last: the service's own, or ones past a pooler in transaction mode. */
export const DIRECT_DATA_SOURCE = Symbol('DIRECT_DATA_SOURCE');

export const directDataSource = {
  provide: DIRECT_DATA_SOURCE,
  inject: [getDataSourceToken(), databaseConfig.KEY],
  useFactory: async (dataSource: DataSource, settings: DatabaseSettings): Promise<DataSource> =>
    settings.isPooled ? connect(directDataSourceOptions(settings)) : dataSource,
};

/**
 * Migrates where a session lasts, without a bound on how long a statement takes: one replica does, under a lock,
 * and the others wait for it.
 */
export async function migrateBeyondPooler(dataSource: DataSource): Promise<void> {
  const settings = databaseConfig();
  const url = settings.isPooled ? settings.directUrl : (dataSource.options as { url: string }).url;
  const direct = await connect(migrationOptions(settings, url));
  try {
    await migrate(direct);
  } finally {
    await direct.destroy();
  }
}

async function connect(options: DataSourceOptions): Promise<DataSource> {
  const connected = await new DataSource(options).initialize();
  hearEveryError(poolOf(connected));
  return connected;
}
