import { type ConfigType } from '@nestjs/config';
import { IsInt, IsString, Max, Min } from 'class-validator';
import { type CrossChecked, type Environment, isProduction, namespace } from './namespace.js';
import { number, Secret, Variable } from './variable.js';

export class DatabaseConfig implements CrossChecked {
  @Secret
  @Variable('DATABASE_URL', 'postgres:// URL of Postgres 16 or later; unset starts an embedded one.')
  @IsString()
  url = '';

  @Secret
  @Variable(
    'DATABASE_DIRECT_URL',
    'Where DATABASE_URL is a pooler in transaction mode, such as PgBouncer: the postgres:// URL past it. Statements are then not prepared by name.',
  )
  @IsString()
  directUrl = '';

  @Variable('DATA_DIR', 'Folder of the embedded database and of the generated development keys.')
  @IsString()
  dataDir = '.data';

  @Variable('DATABASE_POOL_SIZE', 'Connections per process, 4 to 200.', number)
  @IsInt({ message: 'must be a whole number' })
  @Min(4)
  @Max(200)
  poolSize = 10;

  @Variable('DATABASE_TIMEOUT_MS', 'Milliseconds to wait for a connection or for a statement.', number)
  @IsInt({ message: 'must be a whole number' })
  @Min(100)
  @Max(60_000)
  timeoutMs = 5_000;

  problems(environment: Environment): string[] {
    if (this.url === '') {
      return isProduction(environment) ? ['DATABASE_URL: must be set in production'] : [];
    }
    return [
      ...(isPostgresUrl(this.url) ? [] : ['DATABASE_URL: must be a postgres:// URL']),
      ...(this.directUrl === '' || isPostgresUrl(this.directUrl)
        ? []
        : ['DATABASE_DIRECT_URL: must be a postgres:// URL']),
    ];
  }

  /** Whether each transaction may run on another connection of Postgres. */
  get isPooled(): boolean {
    return this.directUrl !== '';
  }
}

function isPostgresUrl(value: string): boolean {
  return /^postgres(ql)?:\/\//.test(value) && URL.canParse(value);
}

export const databaseConfig = namespace('database', DatabaseConfig);
export type DatabaseSettings = ConfigType<typeof databaseConfig>;
