import { type ConfigType } from '@nestjs/config';
import { IsInt, Max, Min } from 'class-validator';
import { type CrossChecked, type Environment, namespace } from './namespace.js';
import { number, Variable } from './variable.js';

export class WorkersConfig implements CrossChecked {
  @Variable('WORKERS', 'Processes that share the port, 1 to 64: about one a core.', number)
  @IsInt({ message: 'must be a whole number' })
  @Min(1)
  @Max(64)
  workers = 1;

  problems(environment: Environment): string[] {
    const isAlone = this.workers === 1;
    return isAlone || (environment.DATABASE_URL && environment.REDIS_URL)
      ? []
      : ['WORKERS: more than one needs DATABASE_URL and REDIS_URL'];
  }
}

export const workersConfig = namespace('workers', WorkersConfig);
export type WorkersSettings = ConfigType<typeof workersConfig>;
