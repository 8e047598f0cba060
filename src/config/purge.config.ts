import { type ConfigType } from '@nestjs/config';
import { IsInt, Max, Min } from 'class-validator';
import { namespace } from './namespace.js';
import { number, Variable } from './variable.js';

const WHOLE = { message: 'must be a whole number' };
const DAY = 86_400;
/** While an access token of it may live, Postgres must know of the family. */
const LONGEST_ACCESS_TOKEN = 25 * 3_600;

/** How what is over is deleted. */
export class PurgeConfig {
  @Variable('PURGE_INTERVAL', 'Seconds between two sweeps for what is long expired; 0 for none.', number)
  @IsInt(WHOLE)
  @Min(0)
  @Max(30 * DAY)
  interval = 3_600;

  @Variable('PURGE_AFTER', 'Seconds that a family is kept after it has expired or was revoked.', number)
  @IsInt(WHOLE)
  @Min(LONGEST_ACCESS_TOKEN)
  @Max(3_650 * DAY)
  after = 7 * DAY;

  @Variable('PURGE_PAGES', 'Pages of 8 KiB that a sweep looks at in one statement, 1 to 100000.', number)
  @IsInt(WHOLE)
  @Min(1)
  @Max(100_000)
  pages = 128;

  @Variable('PURGE_PAUSE_MS', 'Milliseconds between two statements of a sweep, which spare the load.', number)
  @IsInt(WHOLE)
  @Min(0)
  @Max(60_000)
  pauseMs = 20;
}

export const purgeConfig = namespace('purge', PurgeConfig);
export type PurgeSettings = ConfigType<typeof purgeConfig>;
