import { Injectable } from '@nestjs/common';
import { EncryptJWT } from 'jose';
import { TokenKeyService } from '../keys/token-key.service.js';
import { type AccessTokenClaims, type AccessTokenEncoder } from './access-token.js';

/** So that secret scanners find leaks. */
export const OPAQUE_ACCESS_TOKEN_PREFIX = 'rga_';

/**
 * A token that only this service can read: its claims encrypted (RFC 7516, `dir` with A256GCM), so that it
 * needs no row and a refresh stays one update. Resource servers introspect it.
 */
@Injectable()
export class OpaqueAccessTokenEncoder implements AccessTokenEncoder {
  readonly format = 'opaque';

  constructor(private readonly keys: TokenKeyService) {}

  async encode(claims: AccessTokenClaims): Promise<string> {
    const { kid, privateKey } = this.keys.current('A256GCM');
    const header = { alg: 'dir', enc: 'A256GCM', typ: 'at+jwt', kid };
    return (
      OPAQUE_ACCESS_TOKEN_PREFIX +
      (await new EncryptJWT({ ...claims }).setProtectedHeader(header).encrypt(privateKey))
    );
  }
}
