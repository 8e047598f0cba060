import { Inject, Injectable } from '@nestjs/common';
import { jwtDecrypt, type JWTDecryptResult, type JWTPayload, jwtVerify, type JWTVerifyResult } from 'jose';
import { LRUCache } from 'lru-cache';
import { Clock } from '../../common/clock.js';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { TokenKeyService } from '../keys/token-key.service.js';
import { type AccessTokenClaims } from './access-token.js';
import { OPAQUE_ACCESS_TOKEN_PREFIX } from './opaque-access-token.encoder.js';

/** What a genuine token says, and the key that makes it genuine. */
export interface ReadAccessToken {
  readonly claims: AccessTokenClaims;
  /** `kid` of the key that it was signed or encrypted under. */
  readonly keyId: string;
}

const TYPE = 'at+jwt';
const REMEMBERED = 10_000;

/**
 * Reads access tokens of our own, in either format. Whether they were revoked is not said here.
 *
 * Tokens come again and again, and a signature costs far more than to look one up: what was read is remembered for as
 * long as the keys are the same. Who reads this process' memory has those keys, too.
 */
@Injectable()
export class AccessTokenReader {
  private readonly known = new LRUCache<string, ReadAccessToken>({ max: REMEMBERED });
  private knownUnder: TokenKeyService['verificationKeys'] | undefined;

  constructor(
    private readonly keys: TokenKeyService,
    private readonly clock: Clock,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  /** The claims of a genuine, unexpired token; `undefined` for anything else. */
  async read(token: string): Promise<AccessTokenClaims | undefined> {
    return (await this.readWithKey(token))?.claims;
  }

  /** The same, with the key: for who asks whether that was revoked. */
  async readWithKey(token: string): Promise<ReadAccessToken | undefined> {
    const { verificationKeys } = this.keys;
    if (this.knownUnder !== verificationKeys) this.known.clear();
    this.knownUnder = verificationKeys;
    const known = this.known.get(token);
    if (known) return known.claims.exp > this.clock.seconds() ? known : undefined;
    const { payload, protectedHeader } = (await this.open(token).catch(() => undefined)) ?? {};
    const keyId = protectedHeader?.kid;
    if (!payload || keyId === undefined || !isComplete(payload)) return undefined;
    const read = { claims: payload, keyId };
    if (this.knownUnder === verificationKeys) this.known.set(token, read);
    return read;
  }

  private async open(token: string): Promise<JWTVerifyResult | JWTDecryptResult> {
    const options = { typ: TYPE, issuer: this.http.issuerUrl, currentDate: this.clock.now() };
    if (!token.startsWith(OPAQUE_ACCESS_TOKEN_PREFIX)) {
      return jwtVerify(token, this.keys.verificationKeys, options);
    }
    const encrypted = token.slice(OPAQUE_ACCESS_TOKEN_PREFIX.length);
    return jwtDecrypt(encrypted, (header: { kid?: string }) => this.secretOf(header.kid), options);
  }

  private secretOf(kid: string | undefined) {
    const key = this.keys.encryptionKey(kid);
    if (!key) throw new Error('unknown kid');
    return key.privateKey;
  }
}

function isComplete(payload: JWTPayload): payload is JWTPayload & AccessTokenClaims {
  const { sub, client_id, jti, iat, exp } = payload as Partial<AccessTokenClaims>;
  return (
    [sub, client_id, jti].every((claim) => typeof claim === 'string') &&
    iat !== undefined &&
    exp !== undefined
  );
}
