import { createHash } from 'node:crypto';
import { createRemoteJWKSet, type JWTPayload, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { LRUCache } from 'lru-cache';
import { AuthorizationServer, type VerifierCredentials } from './authorization-server.js';
import { RevocationFeed } from './revocation-feed.js';
import { type RevocableClaims, RevocationList } from './revocation-list.js';

export interface TokenVerifierOptions {
  /** The issuer identifier, as its metadata has it. */
  readonly issuer: string;
  readonly credentials: VerifierCredentials;
  /** What a token must be for; left out, any audience will do. */
  readonly audience?: string;
  /** Seconds without word from the server up to which its last word is good enough; 60 by default. */
  readonly maxStaleness?: number;
  /** What to do with a token beyond that: refuse it (the default), or ask the introspection endpoint. */
  readonly whenStale?: 'refuse' | 'introspect';
  /** Verified tokens to remember; 10,000 by default. */
  readonly cacheSize?: number;
}

/** The claims of an access token that is alive (RFC 9068 §2.2). */
export type VerifiedClaims = JWTPayload & RevocableClaims;

/** Why a token was refused. `stale` says nothing about the token: the verifier has lost touch. */
export type RefusalReason = 'invalid' | 'expired' | 'revoked' | 'stale';

export class TokenRefusedError extends Error {
  override readonly name = 'TokenRefusedError';

  constructor(readonly reason: RefusalReason) {
    super(`access token refused: ${reason}`);
  }
}

const OPAQUE_PREFIX = 'rga_';

/**
 * Verifies Regrant's access tokens where they are used: signature, issuer, audience, expiry and revocation,
 * without a call per token. It follows the server's stream of revocations, and knows how old its word is.
 */
export class TokenVerifier {
  private readonly cache: LRUCache<string, VerifiedClaims>;

  private constructor(
    private readonly server: AuthorizationServer,
    private readonly keys: JWTVerifyGetKey,
    private readonly revocations: RevocationList,
    private readonly feed: RevocationFeed,
    private readonly options: Required<Omit<TokenVerifierOptions, 'audience'>> & {
      readonly audience?: string;
    },
  ) {
    this.cache = new LRUCache({ max: options.cacheSize });
  }

  /** Discovers the issuer, loads what is revoked, and begins to follow. @throws Error when it does not answer */
  static async start(options: TokenVerifierOptions): Promise<TokenVerifier> {
    const complete = { maxStaleness: 60, whenStale: 'refuse', cacheSize: 10_000, ...options } as const;
    const server = await AuthorizationServer.discover(options.issuer, options.credentials);
    const revocations = new RevocationList();
    const feed = new RevocationFeed(server, revocations, complete.maxStaleness * 1000);
    await feed.start();
    const keys = createRemoteJWKSet(new URL(server.metadata.jwks_uri));
    return new TokenVerifier(server, keys, revocations, feed, complete);
  }

  /** Stops following. */
  stop(): void {
    this.feed.stop();
  }

  /** Seconds since the server was last heard of. */
  get staleness(): number {
    return this.feed.staleness;
  }

  /**
   * The claims of a token that is alive.
   *
   * @throws TokenRefusedError with the reason
   */
  async verify(token: string): Promise<VerifiedClaims> {
    if (token.startsWith(OPAQUE_PREFIX)) return this.ask(token);
    const claims = await this.verifySignature(token);
    if (this.revocations.has(claims)) throw new TokenRefusedError('revoked');
    if (this.feed.staleness <= this.options.maxStaleness) return claims;
    if (this.options.whenStale === 'refuse') throw new TokenRefusedError('stale');
    return this.ask(token);
  }

  /** Once per token: what was verified is known by its hash, and only its expiry is looked at again. */
  private async verifySignature(token: string): Promise<VerifiedClaims> {
    const id = createHash('sha256').update(token).digest('base64');
    const known = this.cache.get(id);
    if (known) {
      if ((known.exp ?? 0) * 1000 <= Date.now()) throw new TokenRefusedError('expired');
      return known;
    }
    const { audience, issuer } = this.options;
    const { payload } = await jwtVerify<RevocableClaims>(token, this.keys, {
      typ: 'at+jwt',
      issuer,
      audience,
    }).catch((error: unknown) => {
      throw new TokenRefusedError(refusalOf(error));
    });
    this.cache.set(id, payload);
    return payload;
  }

  /** By the introspection endpoint (RFC 7662). Where nobody answers, the verifier is as stale as it was. */
  private async ask(token: string): Promise<VerifiedClaims> {
    const answer = await this.server.introspect(token).catch(() => {
      throw new TokenRefusedError('stale');
    });
    const { audience } = this.options;
    const isForUs = audience === undefined || [answer.aud].flat().includes(audience);
    if (answer.active !== true || !isForUs) throw new TokenRefusedError('invalid');
    return answer as VerifiedClaims;
  }
}

/** What jose's error says: of the token, or only that the keys could not be had. */
function refusalOf(error: unknown): RefusalReason {
  const { code } = error as { code?: unknown };
  if (code === 'ERR_JWT_EXPIRED') return 'expired';
  const isAboutKeys = code === 'ERR_JWKS_TIMEOUT' || code === 'ERR_JOSE_GENERIC';
  return typeof code === 'string' && code.startsWith('ERR_J') && !isAboutKeys ? 'invalid' : 'stale';
}
