import { Injectable } from '@nestjs/common';
import { constantTimeEqual } from '../common/constant-time.js';
import { KeyRing } from '../key-ring/key-ring.js';

/** A bearer token as kept, with the version of the key that made the hash. */
export interface TokenHash {
  readonly keyVersion: number;
  readonly hash: Buffer;
}

/** What a token lets its bearer do: register clients, or manage the registration of one. */
export type TokenUse = 'initial-access-token' | 'registration-access-token';

/**
 * Tokens at rest: a MAC under a key from the environment, bound to what the token is for. They have 256 random
 * bits, which needs no slow hash.
 */
@Injectable()
export class TokenHashes {
  constructor(private readonly keys: KeyRing) {}

  /** @param owner id of what the token is for: elsewhere it is worth nothing */
  hash(use: TokenUse, owner: string, token: string): TokenHash {
    const keyVersion = this.keys.activeVersion;
    return { keyVersion, hash: this.mac(use, keyVersion, owner, token) };
  }

  /** `undefined` stands for an unknown owner, matches nothing and takes as long. */
  matches(use: TokenUse, owner: string, stored: TokenHash | undefined, token: string): boolean {
    const version =
      stored && this.keys.knows(stored.keyVersion) ? stored.keyVersion : this.keys.activeVersion;
    const mac = this.mac(use, version, owner, token);
    return stored !== undefined && constantTimeEqual(mac, stored.hash);
  }

  private mac(use: TokenUse, version: number, owner: string, token: string): Buffer {
    return this.keys.mac(use, version, owner, '\0', token);
  }
}
