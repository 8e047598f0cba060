import { type ConfigType } from '@nestjs/config';
import { IsBoolean, IsInt, Max, Min } from 'class-validator';
import { namespace } from './namespace.js';
import { boolean, number, Variable } from './variable.js';

const WHOLE = { message: 'must be a whole number' };

/** How people authorize clients. */
export class AuthorizationConfig {
  @Variable(
    'AUTHORIZATION_CODE_LIFETIME',
    'Seconds in which an authorization code can be exchanged, 5 to 600.',
    number,
  )
  @IsInt(WHOLE)
  @Min(5)
  @Max(600)
  codeLifetime = 60;

  @Variable(
    'PUSHED_REQUEST_LIFETIME',
    'Seconds in which a pushed authorization request can be used, 5 to 600.',
    number,
  )
  @IsInt(WHOLE)
  @Min(5)
  @Max(600)
  pushedRequestLifetime = 90;

  @Variable(
    'REQUIRE_PUSHED_AUTHORIZATION_REQUESTS',
    'Whether every client must push its authorization requests (RFC 9126): true or false.',
    boolean,
  )
  @IsBoolean({ message: 'must be true or false' })
  requirePushedRequests = false;

  @Variable(
    'DEVICE_CODE_LIFETIME',
    'Seconds in which somebody must let a device in, 30 to 3600 (RFC 8628).',
    number,
  )
  @IsInt(WHOLE)
  @Min(30)
  @Max(3_600)
  deviceCodeLifetime = 600;

  @Variable('DEVICE_POLL_INTERVAL', 'Seconds that a device waits between two questions, 1 to 60.', number)
  @IsInt(WHOLE)
  @Min(1)
  @Max(60)
  devicePollInterval = 5;

  @Variable(
    'USER_CODE_FAILURE_LIMIT',
    'Wrong device codes that a person may type within LOGIN_FAILURE_WINDOW.',
    number,
  )
  @IsInt(WHOLE)
  @Min(1)
  @Max(1_000)
  userCodeFailures = 10;
}

export const authorizationConfig = namespace('authorization', AuthorizationConfig);
export type AuthorizationSettings = ConfigType<typeof authorizationConfig>;
