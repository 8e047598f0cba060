import { Module } from '@nestjs/common';
import { databaseConfig, type DatabaseSettings } from '../config/database.config.js';
import { EmbeddedPostgres } from './embedded/embedded-postgres.js';

/** The embedded server, or `undefined` where `DATABASE_URL` names a real one. */
export const EMBEDDED_POSTGRES = Symbol('EMBEDDED_POSTGRES');

@Module({
  providers: [
    {
      provide: EMBEDDED_POSTGRES,
      inject: [databaseConfig.KEY],
      useFactory: async (settings: DatabaseSettings): Promise<EmbeddedPostgres | undefined> =>
        settings.url === '' ? EmbeddedPostgres.start(settings.dataDir) : undefined,
    },
  ],
  exports: [EMBEDDED_POSTGRES],
})
export class DatabaseServerModule {}
