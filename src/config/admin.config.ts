import { type ConfigType } from '@nestjs/config';
import { IsString, Matches, ValidateIf } from 'class-validator';
import { type CrossChecked, namespace } from './namespace.js';
import { Secret, Variable } from './variable.js';

const LEAST_SECRET = 16;

/** Who may manage the service before anybody else may. */
export class AdminConfig implements CrossChecked {
  @Variable(
    'ADMIN_CLIENT_ID',
    'The first client of the management API; made at the start where it is not there.',
  )
  @Matches(/^[\x21\x23-\x5B\x5D-\x7E]{1,255}$/, { message: 'must be a client id' })
  clientId = 'admin';

  @Secret
  @Variable(
    'ADMIN_CLIENT_SECRET',
    'Its secret, 16 characters at least; one is made up and printed once where none is set.',
  )
  @ValidateIf(({ clientSecret }: AdminConfig) => clientSecret !== '')
  @IsString()
  clientSecret = '';

  problems(): string[] {
    const isShort = this.clientSecret !== '' && this.clientSecret.length < LEAST_SECRET;
    return isShort ? [`ADMIN_CLIENT_SECRET: must have ${LEAST_SECRET} characters at least`] : [];
  }
}

export const adminConfig = namespace('admin', AdminConfig);
export type AdminSettings = ConfigType<typeof adminConfig>;
