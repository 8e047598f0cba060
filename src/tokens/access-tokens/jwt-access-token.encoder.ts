import { Injectable } from '@nestjs/common';
import { SignJWT } from 'jose';
import { type TokenPolicy } from '../../clients/token-policy.js';
import { TokenKeyService } from '../keys/token-key.service.js';
import { type AccessTokenClaims, type AccessTokenEncoder } from './access-token.js';

/** A signed JWT of type `at+jwt` (RFC 9068 §2.1), which resource servers verify by themselves. */
@Injectable()
export class JwtAccessTokenEncoder implements AccessTokenEncoder {
  readonly format = 'jwt';

  constructor(private readonly keys: TokenKeyService) {}

  encode(claims: AccessTokenClaims, policy: TokenPolicy): Promise<string> {
    const { kid, algorithm: alg, privateKey } = this.keys.current(policy.accessTokenAlgorithm);
    return new SignJWT({ ...claims }).setProtectedHeader({ alg, typ: 'at+jwt', kid }).sign(privateKey);
  }
}
