import { type ConfigType } from '@nestjs/config';
import { IsInt, Max, Min } from 'class-validator';
import { namespace } from './namespace.js';
import { number, Variable } from './variable.js';

const WHOLE = { message: 'must be a whole number' };

/** How many failed sign-ins are borne, and for how long the next are put off. */
export class LimitsConfig {
  @Variable(
    'CLIENT_FAILURE_LIMIT',
    'Failed client authentications per client and address in the window.',
    number,
  )
  @IsInt(WHOLE)
  @Min(1)
  @Max(1_000_000)
  clientFailures = 20;

  @Variable('CLIENT_FAILURE_WINDOW', 'Seconds in which failed client authentications are counted.', number)
  @IsInt(WHOLE)
  @Min(1)
  @Max(86_400)
  clientWindow = 60;

  @Variable('LOGIN_FAILURE_LIMIT', 'Wrong passwords per user and address in the window.', number)
  @IsInt(WHOLE)
  @Min(1)
  @Max(1_000_000)
  loginFailures = 10;

  @Variable(
    'LOGIN_ADDRESS_FAILURE_LIMIT',
    'Wrong passwords per address, whatever the user, in the window.',
    number,
  )
  @IsInt(WHOLE)
  @Min(1)
  @Max(1_000_000)
  addressFailures = 100;

  @Variable('LOGIN_FAILURE_WINDOW', 'Seconds in which wrong passwords are counted.', number)
  @IsInt(WHOLE)
  @Min(1)
  @Max(86_400)
  loginWindow = 900;
}

export const limitsConfig = namespace('limits', LimitsConfig);
export type LimitsSettings = ConfigType<typeof limitsConfig>;
