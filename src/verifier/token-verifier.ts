import { hash } from 'node:crypto';
import { type JWTPayload, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { AuthorizationServer, type VerifierCredentials } from './authorization-server.js';
import { EventStreamSource } from './event-stream-source.js';
import { type RedisSourceOptions, RedisStreamSource } from './redis-stream-source.js';
import { RevocationFeed } from './revocation-feed.js';
import {
  type RevocableClaims,
  type RevocationKeys,
  revocationKeys,
  RevocationList,
} from './revocation-list.js';
import { SigningKeys } from './signing-keys.js';
import { refusalOf, TokenRefusedError } from './token-refused-error.js';

export { type RefusalReason, TokenRefusedError } from './token-refused-error.js';

export interface TokenVerifierOptions {
  /** The issuer identifier, as its metadata has it. */
  readonly issuer: string;
  readonly credentials: VerifierCredentials;
  /** What a token must be for; left out, any audience will do. */
  readonly audience?: string;
  /** Where to hear of revocations first; left out, the server's own event stream. */
  readonly redis?: RedisSourceOptions;
  /** Seconds without word from the server up to which its last word is good enough; 60 by default. */
  readonly maxStaleness?: number;
  /** What to do with a token beyond that: refuse it (the default), or ask the introspection endpoint. */
  readonly whenStale?: 'refuse' | 'introspect';
  /** Verified tokens to remember; 10,000 by default. */
  readonly cacheSize?: number;
}

export interface VerifyOptions {
  /** Thumbprint (RFC 7638) of the key that the sender has proved to hold by DPoP; left out for a bearer. */
  readonly proofKey?: string;
}

/** The claims of an access token that is alive (RFC 9068 §2.2). */
export interface VerifiedClaims extends JWTPayload, RevocableClaims {
  readonly jti: string;
  readonly sub: string;
  readonly scope?: string;
  /** The key that its sender must hold (RFC 7800 §3.1). */
  readonly cnf?: { readonly jkt?: string };
}

/** A token whose signature was verified. */
interface KnownToken {
  readonly claims: VerifiedClaims;
  readonly keys: RevocationKeys;
  /** Milliseconds since the epoch, from when on it is to be verified again. */
  readonly until: number;
}

type CompleteOptions = Required<Omit<TokenVerifierOptions, 'audience' | 'redis'>> & TokenVerifierOptions;

const OPAQUE_PREFIX = 'rga_';
/** Milliseconds that a signature is taken for good: a key that the server withdrew is believed no longer. */
const SIGNATURE_TRUST_MS = 600_000;
const REQUIRED_CLAIMS = ['exp', 'sub', 'client_id', 'jti'];

/**
 * Verifies Regrant's access tokens where they are used: signature, issuer, audience, expiry and revocation,
 * without a call per token. It follows the server's stream of revocations, and knows how old its word is.
 */
export class TokenVerifier {
  /** By the hash of the token: what is in memory can't be used as one. */
  private readonly cache: LRUCache<string, KnownToken>;

  private constructor(
    private readonly server: AuthorizationServer,
    private readonly keys: SigningKeys,
    private readonly revocations: RevocationList,
    private readonly feed: RevocationFeed,
    private readonly options: CompleteOptions,
  ) {
    this.cache = new LRUCache({ max: options.cacheSize });
  }

  /** Discovers the issuer, loads what is revoked, and begins to follow. @throws Error when it does not answer */
  static async start(options: TokenVerifierOptions): Promise<TokenVerifier> {
    const complete = { maxStaleness: 60, whenStale: 'refuse', cacheSize: 10_000, ...options } as const;
    const server = await AuthorizationServer.discover(options.issuer, options.credentials);
    const revocations = new RevocationList();
    const feed = new RevocationFeed(server, sourceOf(server, complete), revocations);
    await feed.start();
    const keys = new SigningKeys(server.metadata.jwks_uri, revocations);
    return new TokenVerifier(server, keys, revocations, feed, complete);
  }

  /** Stops following. */
  stop(): void {
    this.feed.stop();
  }

  /** Seconds since the server last said that it had told of every revocation. */
  get staleness(): number {
    return this.feed.staleness;
  }

  /**
   * The claims of a token that is alive, and bound to the sender's key or to none (RFC 9449 §7.1).
   *
   * @throws TokenRefusedError with the reason
   */
  async verify(token: string, { proofKey }: VerifyOptions = {}): Promise<VerifiedClaims> {
    const claims = token.startsWith(OPAQUE_PREFIX) ? await this.ask(token) : await this.verifyJwt(token);
    if (!isBoundTo(claims, proofKey)) throw new TokenRefusedError('bound');
    return claims;
  }

  /** At once for a token that is known, so that it costs no more than its hash. */
  private verifyJwt(token: string): VerifiedClaims | Promise<VerifiedClaims> {
    const id = hash('sha256', token, 'binary');
    const known = this.cache.get(id);
    if (known && known.until > Date.now()) return this.judge(token, known);
    return this.verifySignature(token, id).then((verified) => this.judge(token, verified));
  }

  private judge(token: string, { claims, keys }: KnownToken): VerifiedClaims | Promise<VerifiedClaims> {
    if (this.revocations.has(keys)) throw new TokenRefusedError('revoked');
    if (this.feed.staleness <= this.options.maxStaleness) return claims;
    if (this.options.whenStale === 'refuse') throw new TokenRefusedError('stale');
    return this.ask(token);
  }

  private async verifySignature(token: string, id: string): Promise<KnownToken> {
    const { audience, issuer } = this.options;
    const options = { typ: 'at+jwt', issuer, audience, requiredClaims: REQUIRED_CLAIMS };
    const { payload, protectedHeader } = await jwtVerify<VerifiedClaims & { exp: number }>(
      token,
      this.keys.find,
      options,
    ).catch((error: unknown) => {
      throw new TokenRefusedError(refusalOf(error));
    });
    const until = Math.min(payload.exp * 1000, Date.now() + SIGNATURE_TRUST_MS);
    const known = { claims: payload, keys: revocationKeys(payload, protectedHeader.kid), until };
    this.cache.set(id, known);
    return known;
  }

  /** By the introspection endpoint (RFC 7662). Where nobody answers, the verifier is as stale as it was. */
  private async ask(token: string): Promise<VerifiedClaims> {
    const answer = await this.server.introspect(token).catch(() => {
      throw new TokenRefusedError('stale');
    });
    const { audience } = this.options;
    const isForUs = audience === undefined || [answer.aud].flat().includes(audience);
    if (answer.active !== true || !isForUs) throw new TokenRefusedError('invalid');
    return answer as unknown as VerifiedClaims;
  }
}

function sourceOf(server: AuthorizationServer, { redis, maxStaleness }: CompleteOptions) {
  const silenceLimit = maxStaleness * 1000;
  const stream = new EventStreamSource(server, silenceLimit);
  return redis ? new RedisStreamSource(redis, stream, silenceLimit) : stream;
}

/** Bound to the key, or to none where there is none. */
function isBoundTo({ cnf }: VerifiedClaims, proofKey?: string): boolean {
  return proofKey === undefined ? cnf === undefined : cnf?.jkt === proofKey;
}
