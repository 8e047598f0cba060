import { type ConfigType } from '@nestjs/config';
import { IsArray, IsBoolean, IsIn, IsInt, Max, Min } from 'class-validator';
import { type CrossChecked, type Environment, namespace } from './namespace.js';
import { boolean, list, number, Variable } from './variable.js';

const DAY = 86_400;
const YEAR = 365 * DAY;
const WHOLE = { message: 'must be a whole number' };

/** The server's defaults of the token policy; a client's own policy overrides each. */
export class TokensConfig implements CrossChecked {
  @Variable('REFRESH_TOKEN_ROTATION', 'Whether a refresh replaces the refresh token: true or false.', boolean)
  @IsBoolean({ message: 'must be true or false' })
  rotation = true;

  @Variable('ROTATION_GRACE_SECONDS', 'Seconds in which a retry gets the same successor, 0 to 86400.', number)
  @IsInt(WHOLE)
  @Min(0)
  @Max(DAY)
  rotationGrace = 10;

  @Variable('REFRESH_TOKEN_LIFETIME', 'Seconds that a refresh token lives.', number)
  @IsInt(WHOLE)
  @Min(1)
  @Max(10 * YEAR)
  refreshTokenLifetime = DAY;

  @Variable(
    'REFRESH_TOKEN_EXPIRY',
    'sliding (a rotation starts a fresh lifetime) or fixed (keeps the first).',
  )
  @IsIn(['sliding', 'fixed'])
  refreshTokenExpiry: 'sliding' | 'fixed' = 'sliding';

  @Variable(
    'ABSOLUTE_LIFETIME',
    'Seconds after which a family ends however often it rotates; 0 for never.',
    number,
  )
  @IsInt(WHOLE)
  @Min(0)
  @Max(10 * YEAR)
  absoluteLifetime = 0;

  @Variable(
    'MAX_FAMILIES_PER_USER',
    'Live families per user and client, the oldest revoked; 0 for no limit.',
    number,
  )
  @IsInt(WHOLE)
  @Min(0)
  @Max(100_000)
  maxFamiliesPerUser = 0;

  @Variable(
    'REVOKE_PREVIOUS_ACCESS_TOKEN',
    'Whether a refresh revokes the access token before it: true or false.',
    boolean,
  )
  @IsBoolean({ message: 'must be true or false' })
  revokePreviousAccessToken = false;

  @Variable('ACCESS_TOKEN_LIFETIME', 'Seconds that an access token lives, 1 to 86400.', number)
  @IsInt(WHOLE)
  @Min(1)
  @Max(DAY)
  accessTokenLifetime = 3_600;

  @Variable('ACCESS_TOKEN_FORMAT', 'jwt (RFC 9068) or opaque.')
  @IsIn(['jwt', 'opaque'])
  accessTokenFormat: 'jwt' | 'opaque' = 'jwt';

  @Variable('ACCESS_TOKEN_ALGORITHM', 'ES256, RS256, PS256 or EdDSA.')
  @IsIn(['ES256', 'RS256', 'PS256', 'EdDSA'])
  accessTokenAlgorithm: 'ES256' | 'RS256' | 'PS256' | 'EdDSA' = 'ES256';

  @Variable(
    'REVOKE_ON_PASSWORD_CHANGE',
    "Whether a new password ends the user's tokens: true or false.",
    boolean,
  )
  @IsBoolean({ message: 'must be true or false' })
  revokeOnPasswordChange = true;

  @Variable(
    'CASCADE_FROM_ACCESS_TOKEN',
    'Whether revoking an access token ends its family too: true or false.',
    boolean,
  )
  @IsBoolean({ message: 'must be true or false' })
  cascadeFromAccessToken = false;

  @Variable(
    'REVOCATION_RESPONSE_HEADERS',
    'Whether /oauth2/revoke names what it revoked in headers, as WSO2 does: true or false.',
    boolean,
  )
  @IsBoolean({ message: 'must be true or false' })
  revocationResponseHeaders = false;

  @Variable('DISABLED_GRANT_TYPES', 'Grants switched off for the whole server, comma separated.', list)
  @IsArray()
  disabledGrantTypes: string[] = [];

  @Variable('DPOP_NONCE_REQUIRED', 'Whether DPoP proofs must carry a nonce of ours: true or false.', boolean)
  @IsBoolean({ message: 'must be true or false' })
  dpopNonceRequired = false;

  @Variable('DPOP_PROOF_LIFETIME', 'Seconds around now in which the iat of a DPoP proof must lie.', number)
  @IsInt(WHOLE)
  @Min(5)
  @Max(600)
  dpopProofLifetime = 60;

  problems({ SIGNING_ALGORITHMS: kept = '' }: Environment): string[] {
    const problems: string[] = [];
    if (this.absoluteLifetime !== 0 && this.absoluteLifetime < this.refreshTokenLifetime) {
      problems.push('ABSOLUTE_LIFETIME: must not be shorter than REFRESH_TOKEN_LIFETIME');
    }
    if (kept !== '' && !(list(kept) as string[]).includes(this.accessTokenAlgorithm)) {
      problems.push('ACCESS_TOKEN_ALGORITHM: must be one of SIGNING_ALGORITHMS');
    }
    return problems;
  }
}

export const tokensConfig = namespace('tokens', TokensConfig);
export type TokensSettings = ConfigType<typeof tokensConfig>;
