import { getDataSourceToken } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { databaseConfig, type DatabaseSettings } from '../config/database.config.js';
import { directDataSourceOptions } from './data-source.js';
import { migrate } from './migrate.js';
import { hearEveryError, poolOf } from './pool.js';

/** Connections whose sessions last: the service's own, or ones past a pooler in transaction mode. */
export const DIRECT_DATA_SOURCE = Symbol('DIRECT_DATA_SOURCE');

export const directDataSource = {
  provide: DIRECT_DATA_SOURCE,
  inject: [getDataSourceToken(), databaseConfig.KEY],
  useFactory: async (dataSource: DataSource, settings: DatabaseSettings): Promise<DataSource> =>
    settings.isPooled ? connectDirectly(settings) : dataSource,
};

/** Migrates where a session lasts: one replica does, under a lock, and the others wait for it. */
export async function migrateBeyondPooler(dataSource: DataSource): Promise<void> {
  const settings = databaseConfig();
  const direct = settings.isPooled ? await connectDirectly(settings) : dataSource;
  await migrate(direct);
  if (direct !== dataSource) await direct.destroy();
}

async function connectDirectly(settings: DatabaseSettings): Promise<DataSource> {
  const direct = await new DataSource(directDataSourceOptions(settings)).initialize();
  hearEveryError(poolOf(direct));
  return direct;
}
