import { Injectable } from '@nestjs/common';
import { type TokenPolicy } from '../../clients/token-policy.js';
import { TokenKeyService } from '../keys/token-key.service.js';
import { TokenSigner } from '../keys/token-signer.js';
import { type AccessTokenClaims, type AccessTokenEncoder } from './access-token.js';

/** A signed JWT of type `at+jwt` (RFC 9068 §2.1), which resource servers verify by themselves. */
@Injectable()
export class JwtAccessTokenEncoder implements AccessTokenEncoder {
  readonly format = 'jwt';

  constructor(
    private readonly keys: TokenKeyService,
    private readonly signer: TokenSigner,
  ) {}

  encode(claims: AccessTokenClaims, policy: TokenPolicy): Promise<string> {
    return this.signer.sign(this.keys.current(policy.accessTokenAlgorithm), 'at+jwt', claims);
  }
}
