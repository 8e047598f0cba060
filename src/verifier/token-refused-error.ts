/**
 * Why a token was refused. `bound`: its sender was not shown to hold its key. `stale` says nothing about the
 * token: the verifier has lost touch.
 */
export type RefusalReason = 'invalid' | 'expired' | 'revoked' | 'bound' | 'stale';

export class TokenRefusedError extends Error {
  override readonly name = 'TokenRefusedError';

  constructor(readonly reason: RefusalReason) {
    super(`access token refused: ${reason}`);
  }
}

/** What the error says: of the token, or, where it is one of jose's, perhaps only that the keys could not be had. */
export function refusalOf(error: unknown): RefusalReason {
  if (error instanceof TokenRefusedError) return error.reason;
  const { code } = error as { code?: unknown };
  if (code === 'ERR_JWT_EXPIRED') return 'expired';
  const isAboutKeys = code === 'ERR_JWKS_TIMEOUT' || code === 'ERR_JOSE_GENERIC';
  return typeof code === 'string' && code.startsWith('ERR_J') && !isAboutKeys ? 'invalid' : 'stale';
}
