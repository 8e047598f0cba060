import { Global, Inject, Module, type OnApplicationShutdown, Optional } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { databaseConfig, type DatabaseSettings } from '../config/database.config.js';
import { dataSourceOptions } from './data-source.js';
import { Database } from './database.js';
import { DatabaseServerModule, EMBEDDED_POSTGRES } from './database-server.module.js';
import { DIRECT_DATA_SOURCE, directDataSource, migrateBeyondPooler } from './direct-data-source.js';
import { type EmbeddedPostgres } from './embedded/embedded-postgres.js';
import { Notifications } from './notifications.js';
import { hearEveryError, poolOf } from './pool.js';
import { PoolMetrics } from './pool-metrics.js';
import { StatementBatchers } from './statement-batchers.js';
import { Sweeper } from './sweeper.js';

/** Connects to `DATABASE_URL`, or starts the embedded Postgres where there is none, and migrates. */
@Global()
@Module({
  imports: [
    DatabaseServerModule,
    TypeOrmModule.forRootAsync({
      imports: [DatabaseServerModule],
      inject: [databaseConfig.KEY, { token: EMBEDDED_POSTGRES, optional: true }],
      useFactory: (settings: DatabaseSettings, embedded?: EmbeddedPostgres) => ({
        ...dataSourceOptions(settings, embedded?.url ?? settings.url),
        autoLoadEntities: true,
        retryAttempts: 10,
        retryDelay: 1_000,
      }),
      dataSourceFactory: async (options) => {
        if (!options) throw new Error('the data source has no options');
        const dataSource = await new DataSource(options).initialize();
        hearEveryError(poolOf(dataSource));
        await migrateBeyondPooler(dataSource);
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
    @Optional() @Inject(EMBEDDED_POSTGRES) private readonly embedded?: EmbeddedPostgres,
  ) {}

  /** The connections first, then the server behind them. */
  async onApplicationShutdown(): Promise<void> {
    for (const connected of new Set([this.direct, this.dataSource])) {
      if (connected.isInitialized) await connected.destroy();
    }
    await this.embedded?.stop();
  }
}
