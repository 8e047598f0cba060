import { Global, Inject, Module, type OnApplicationShutdown, Optional } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { PROCESS_ROLE, type ProcessRole } from '../common/process-role.js';
import { databaseConfig, type DatabaseSettings } from '../config/database.config.js';
import { dataSourceOptions } from './data-source.js';
import { Database } from './database.js';
import { DatabaseServerModule, EMBEDDED_POSTGRES } from './database-server.module.js';
import { DIRECT_DATA_SOURCE, directDataSource, migrateBeyondPooler } from './direct-data-source.js';
import { type LocalPostgres } from './embedded/embedded-postgres.js';
import { requireMigrated } from './migrate.js';
import { Notifications } from './notifications.js';
import { hearEveryError, poolOf } from './pool.js';
import { PoolMetrics } from './pool-metrics.js';
import { StatementBatchers } from './statement-batchers.js';
import { Sweeper } from './sweeper.js';

/**
 * Connects to `DATABASE_URL`, or starts the embedded Postgres where there is none, and migrates; a one-off
 * process takes the schema as it is, and has nothing to do with one that is behind.
 */
@Global()
@Module({
  imports: [
    DatabaseServerModule,
    TypeOrmModule.forRootAsync({
      imports: [DatabaseServerModule],
      inject: [databaseConfig.KEY, PROCESS_ROLE, { token: EMBEDDED_POSTGRES, optional: true }],
      useFactory: (settings: DatabaseSettings, role: ProcessRole, embedded?: LocalPostgres) => ({
        ...dataSourceOptions(settings, embedded?.url ?? settings.url),
        autoLoadEntities: true,
        // Read below: TypeORM's own way has no lock.
        migrationsRun: role === 'server',
        retryAttempts: role === 'server' ? 10 : 1,
        retryDelay: 1_000,
      }),
      dataSourceFactory: async (options) => {
        if (!options) throw new Error('the data source has no options');
        const dataSource = await new DataSource({ ...options, migrationsRun: false }).initialize();
        hearEveryError(poolOf(dataSource));
        if (options.migrationsRun) await migrateBeyondPooler(dataSource);
        else await requireMigrated(dataSource);
        return dataSource;
      },
    }),
  ],
  providers: [directDataSource, Database, StatementBatchers, Notifications, Sweeper, PoolMetrics],
  exports: [Database, StatementBatchers, Notifications, Sweeper],
})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(DIRECT_DATA_SOURCE) private readonly direct: DataSource,
    @Optional() @Inject(EMBEDDED_POSTGRES) private readonly embedded?: LocalPostgres,
  ) {}

  /** The connections first, then the server behind them. */
  async onApplicationShutdown(): Promise<void> {
    for (const connected of new Set([this.direct, this.dataSource])) {
      if (connected.isInitialized) await connected.destroy();
    }
    await this.embedded?.stop();
  }
}
