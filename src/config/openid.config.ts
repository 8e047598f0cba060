import { type ConfigType } from '@nestjs/config';
import { IsArray, IsBoolean, IsInt, Max, Min } from 'class-validator';
import { isAddressRange } from './address-ranges.js';
import { type CrossChecked, namespace } from './namespace.js';
import { boolean, list, number, Variable } from './variable.js';

/** What happens when a person signs out. */
export class OpenIdConfig implements CrossChecked {
  @Variable(
    'LOGOUT_REVOKES_TOKENS',
    'Whether signing out ends the tokens of the session, but for offline_access: true or false.',
    boolean,
  )
  @IsBoolean({ message: 'must be true or false' })
  logoutRevokesTokens = true;

  @Variable(
    'BACKCHANNEL_LOGOUT_TIMEOUT_MS',
    'Milliseconds that a client has to take one logout token, 100 to 60000.',
    number,
  )
  @IsInt({ message: 'must be a whole number' })
  @Min(100)
  @Max(60_000)
  backchannelTimeoutMs = 5_000;

  @Variable(
    'BACKCHANNEL_LOGOUT_ALLOWED_ADDRESSES',
    'Addresses or CIDR ranges that logout tokens may be sent to although they are not public, comma separated.',
    list,
  )
  @IsArray()
  backchannelAllowedAddresses: string[] = [];

  problems(): string[] {
    return this.backchannelAllowedAddresses.every(isAddressRange)
      ? []
      : ['BACKCHANNEL_LOGOUT_ALLOWED_ADDRESSES: must be addresses or CIDR ranges'];
  }
}

export const openIdConfig = namespace('openId', OpenIdConfig);
export type OpenIdSettings = ConfigType<typeof openIdConfig>;
