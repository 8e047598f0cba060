import { type ConfigType } from '@nestjs/config';
import { IsInt, Max, Min } from 'class-validator';
import { type CrossChecked, namespace } from './namespace.js';
import { number, Variable } from './variable.js';

const WHOLE = { message: 'must be a whole number' };
const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

/** How long a person stays signed in to this service in one browser. */
export class SessionsConfig implements CrossChecked {
  @Variable('SESSION_IDLE_LIFETIME', 'Seconds without a request after which a browser is signed out.', number)
  @IsInt(WHOLE)
  @Min(5 * MINUTE)
  @Max(90 * DAY)
  idleLifetime = 2 * HOUR;

  @Variable('SESSION_LIFETIME', 'Seconds after which a person must sign in again in any case.', number)
  @IsInt(WHOLE)
  @Min(5 * MINUTE)
  @Max(90 * DAY)
  lifetime = 12 * HOUR;

  problems(): string[] {
    return this.idleLifetime <= this.lifetime
      ? []
      : ['SESSION_IDLE_LIFETIME: must not be longer than SESSION_LIFETIME'];
  }
}

export const sessionsConfig = namespace('sessions', SessionsConfig);
export type SessionsSettings = ConfigType<typeof sessionsConfig>;
