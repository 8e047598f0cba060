import { type ConfigType } from '@nestjs/config';
import { IsInt, Max, Min } from 'class-validator';
import { namespace } from './namespace.js';
import { number, Variable } from './variable.js';

const WHOLE = { message: 'must be a whole number' };
const DAY = 86_400;

export class EventsConfig {
  @Variable('EVENT_RETENTION', 'Seconds that an event can be read again, in the outbox and in Redis.', number)
  @IsInt(WHOLE)
  @Min(DAY)
  @Max(365 * DAY)
  retention = 7 * DAY;

  @Variable('SSE_HEARTBEAT', 'Seconds between heartbeats on an event stream, 1 to 300.', number)
  @IsInt(WHOLE)
  @Min(1)
  @Max(300)
  heartbeat = 15;

  @Variable('SSE_STALL_TIMEOUT', 'Seconds that a reader may take nothing in before it is cut off.', number)
  @IsInt(WHOLE)
  @Min(1)
  @Max(600)
  stallTimeout = 30;
}

export const eventsConfig = namespace('events', EventsConfig);
export type EventsSettings = ConfigType<typeof eventsConfig>;
