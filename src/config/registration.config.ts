import { type ConfigType } from '@nestjs/config';
import { IsArray, IsIn, IsInt, Max, Min } from 'class-validator';
import { namespace } from './namespace.js';
import { list, number, Variable } from './variable.js';

const WHOLE = { message: 'must be a whole number' };
const MODES = ['off', 'initial_access_token', 'open'] as const;

/** Whether clients may register themselves (RFC 7591), and what they get then. */
export class RegistrationConfig {
  @Variable(
    'DYNAMIC_REGISTRATION',
    'off, initial_access_token (clients register with a token that an admin made) or open (anybody does).',
  )
  @IsIn(MODES)
  mode: (typeof MODES)[number] = 'off';

  @Variable(
    'REGISTRATION_GRANT_TYPES',
    'Grants that a client may register itself for, comma separated.',
    list,
  )
  @IsArray()
  grantTypes: string[] = ['authorization_code', 'refresh_token', 'client_credentials'];

  @Variable(
    'REGISTRATION_SCOPES',
    'Scopes that a client may register itself for without an initial access token, comma separated.',
    list,
  )
  @IsArray()
  scopes: string[] = [];

  @Variable(
    'REGISTRATION_LIMIT',
    'Registrations per address in the window without an initial access token.',
    number,
  )
  @IsInt(WHOLE)
  @Min(1)
  @Max(1_000_000)
  limit = 10;

  @Variable('REGISTRATION_WINDOW', 'Seconds in which registrations are counted.', number)
  @IsInt(WHOLE)
  @Min(1)
  @Max(86_400)
  window = 3_600;
}

export const registrationConfig = namespace('registration', RegistrationConfig);
export type RegistrationSettings = ConfigType<typeof registrationConfig>;
