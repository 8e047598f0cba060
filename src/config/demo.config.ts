import { type ConfigType } from '@nestjs/config';
import { IsIn } from 'class-validator';
import { type CrossChecked, type Environment, isProduction, namespace } from './namespace.js';
import { boolean, Variable } from './variable.js';

export class DemoConfig implements CrossChecked {
  @Variable(
    'DEMO_ACCOUNTS',
    'true makes the demo clients and user; unset does so on the embedded database only.',
    boolean,
  )
  @IsIn([true, false, ''])
  accounts: boolean | '' = '';

  problems(environment: Environment): string[] {
    return this.accounts === true && isProduction(environment)
      ? ['DEMO_ACCOUNTS: must not be true in production']
      : [];
  }

  /** Whether to make the demo accounts: asked for, or nothing said on an embedded database outside production. */
  isWanted(environment: Environment): boolean {
    if (isProduction(environment)) return false;
    return this.accounts === '' ? (environment.DATABASE_URL ?? '') === '' : this.accounts;
  }
}

export const demoConfig = namespace('demo', DemoConfig);
export type DemoSettings = ConfigType<typeof demoConfig>;
