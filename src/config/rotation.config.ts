import { type ConfigType } from '@nestjs/config';
import { IsInt, Max, Min } from 'class-validator';
import { namespace } from './namespace.js';
import { number, Variable } from './variable.js';

const WHOLE = { message: 'must be a whole number' };

/** How concurrent rotations share statements, and revocations likewise; see `StatementBatcher`. */
export class RotationConfig {
  @Variable(
    'ROTATION_LANES',
    'Statements that rotate at the same time, 1 to 16; 0 for one per refresh.',
    number,
  )
  @IsInt(WHOLE)
  @Min(0)
  @Max(16)
  lanes = 2;

  @Variable('ROTATION_BATCH_SIZE', 'Rotations in one statement at the most, 1 to 1000.', number)
  @IsInt(WHOLE)
  @Min(1)
  @Max(1_000)
  batchSize = 128;

  @Variable('ROTATION_QUEUE_LIMIT', 'Rotations that may wait; the next is answered 503 at once.', number)
  @IsInt(WHOLE)
  @Min(1)
  @Max(1_000_000)
  queueLimit = 4_096;
}

export const rotationConfig = namespace('rotation', RotationConfig);
export type RotationSettings = ConfigType<typeof rotationConfig>;
