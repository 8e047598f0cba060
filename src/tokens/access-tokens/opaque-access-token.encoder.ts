import { Injectable } from '@nestjs/common';
import { EncryptJWT } from 'jose';
import { TokenKeyService } from '../keys/token-key.service.js';
import { type AccessTokenClaims, type AccessTokenEncoder } from './access-token.js';

/** So that secret scanners find leaks. */
export const OPAQUE_ACCESS_TOKEN_PREFIX = 'rga_';

/**
 * A token that only this service can read: its claims encrypted (RFC 7516, `dir` with A256CBC-HS512), so that
 * it needs no row and a refresh stays one update. Resource servers introspect it. Not GCM: at thousands a
 * second its random nonces would outrun what one key may encrypt (NIST SP 800-38D §8.3).
 */
@Injectable()
export class OpaqueAccessTokenEncoder implements AccessTokenEncoder {
  readonly format = 'opaque';

  constructor(private readonly keys: TokenKeyService) {}

  async encode(claims: AccessTokenClaims): Promise<string> {
    const { kid, privateKey } = this.keys.current('A256CBC-HS512');
    const header = { alg: 'dir', enc: 'A256CBC-HS512', typ: 'at+jwt', kid };
    return (
      OPAQUE_ACCESS_TOKEN_PREFIX +
      (await new EncryptJWT({ ...claims }).setProtectedHeader(header).encrypt(privateKey))
    );
  }
}
