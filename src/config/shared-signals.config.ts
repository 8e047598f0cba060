import { type ConfigType } from '@nestjs/config';
import { IsArray, IsIn, IsInt, Max, Min } from 'class-validator';
import { isAddressRange } from './address-ranges.js';
import { type CrossChecked, type Environment, isProduction, namespace } from './namespace.js';
import { list, number, Variable } from './variable.js';

const WHOLE = { message: 'must be a whole number' };

export class SharedSignalsConfig implements CrossChecked {
  @Variable(
    'SSF_DEFAULT_SUBJECTS',
    'ALL (a new stream tells of everybody but who is removed) or NONE (of nobody but who is added).',
  )
  @IsIn(['ALL', 'NONE'])
  defaultSubjects: 'ALL' | 'NONE' = 'ALL';

  @Variable('SSF_MAX_STREAMS', 'Event streams that one client may have, 1 to 1000.', number)
  @IsInt(WHOLE)
  @Min(1)
  @Max(1_000)
  maxStreams = 10;

  @Variable('SSF_VERIFICATION_INTERVAL', 'Seconds between verifications of one stream, 0 to 86400.', number)
  @IsInt(WHOLE)
  @Min(0)
  @Max(86_400)
  verificationInterval = 10;

  @Variable('SSF_POLL_TIMEOUT', 'Seconds that a long poll waits for an event, 1 to 300.', number)
  @IsInt(WHOLE)
  @Min(1)
  @Max(300)
  pollTimeout = 30;

  @Variable(
    'SSF_PUSH_TIMEOUT_MS',
    'Milliseconds that a receiver has to take one pushed event, 100 to 60000.',
    number,
  )
  @IsInt(WHOLE)
  @Min(100)
  @Max(60_000)
  pushTimeoutMs = 10_000;

  @Variable(
    'SSF_PUSH_ALLOWED_ADDRESSES',
    'Addresses or CIDR ranges that events may be pushed to although they are not public, comma separated.',
    list,
  )
  @IsArray()
  pushAllowedAddresses: string[] = [];

  /** Whether events may be pushed without TLS: on a development machine only. */
  get allowsPlainHttp(): boolean {
    return !isProduction(process.env);
  }

  problems(_environment: Environment): string[] {
    return this.pushAllowedAddresses.every(isAddressRange)
      ? []
      : ['SSF_PUSH_ALLOWED_ADDRESSES: must be addresses or CIDR ranges'];
  }
}

export const sharedSignalsConfig = namespace('sharedSignals', SharedSignalsConfig);
export type SharedSignalsSettings = ConfigType<typeof sharedSignalsConfig>;
