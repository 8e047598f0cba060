import { type ConfigType } from '@nestjs/config';
import { IsInt, Max, Min } from 'class-validator';
import { namespace } from './namespace.js';
import { number, Variable } from './variable.js';

const DAY = 86_400;

export class RefusalsConfig {
  @Variable(
    'REFUSAL_RETENTION',
    'Seconds that a refused request can be looked up by its id; 0 keeps none.',
    number,
  )
  @IsInt({ message: 'must be a whole number' })
  @Min(0)
  @Max(90 * DAY)
  retention = DAY;
}

export const refusalsConfig = namespace('refusals', RefusalsConfig);
export type RefusalsSettings = ConfigType<typeof refusalsConfig>;
