import { Module } from '@nestjs/common';
import { databaseConfig, type DatabaseSettings } from '../config/database.config.js';
import { PROCESS_ROLE, type ProcessRole } from '../common/process-role.js';
import { EmbeddedPostgres, type LocalPostgres } from './embedded/embedded-postgres.js';
import { runningPostgres } from './embedded/running-postgres.js';

/** The embedded server, or `undefined` where `DATABASE_URL` names a real one. */
export const EMBEDDED_POSTGRES = Symbol('EMBEDDED_POSTGRES');

@Module({
  providers: [
    {
      provide: EMBEDDED_POSTGRES,
      inject: [databaseConfig.KEY, PROCESS_ROLE],
      useFactory: localPostgres,
    },
  ],
  exports: [EMBEDDED_POSTGRES],
})
export class DatabaseServerModule {}

/** A server has it to itself; a one-off process shares that of a server that runs. */
export async function localPostgres(
  { url, dataDir }: DatabaseSettings,
  role: ProcessRole,
): Promise<LocalPostgres | undefined> {
  if (url !== '') return undefined;
  const running = role === 'one-off' ? await runningPostgres(dataDir) : undefined;
  return running ?? EmbeddedPostgres.start(dataDir);
}
