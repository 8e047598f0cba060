import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';
import { type RevocationList } from './revocation-list.js';
import { TokenRefusedError } from './token-refused-error.js';

/** Milliseconds after a fetch in which a token can't make us fetch again, whatever key it names. */
const COOLDOWN_MS = 1_000;

/** The server's published keys, but for those that were revoked: nothing is verified by these. */
export class SigningKeys {
  private readonly remote: ReturnType<typeof createRemoteJWKSet>;

  constructor(
    url: string,
    private readonly revocations: RevocationList,
  ) {
    // Not what a cache on the way has had since before a key was revoked.
    const headers = { 'cache-control': 'no-cache' };
    this.remote = createRemoteJWKSet(new URL(url), { cooldownDuration: COOLDOWN_MS, headers });
    revocations.onKeyRevoked(() => {
      this.fetchAgain();
    });
  }

  /** Finds the key that a token's header names. @throws TokenRefusedError `revoked` */
  readonly find: JWTVerifyGetKey = (header, token) => {
    if (this.revocations.hasKey(header.kid)) throw new TokenRefusedError('revoked');
    return this.remote(header, token);
  };

  /** The key that signs instead should be here before its tokens are; where that fails, they bring it. */
  private fetchAgain(): void {
    this.remote.reload().catch(() => undefined);
  }
}
