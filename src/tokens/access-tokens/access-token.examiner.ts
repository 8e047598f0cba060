import { Inject, Injectable } from '@nestjs/common';
import { compactDecrypt, compactVerify, decodeProtectedHeader } from 'jose';
import { Clock } from '../../common/clock.js';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { type ExplainedCheck } from '../explained-check.js';
import { TokenKeyService } from '../keys/token-key.service.js';
import { type AccessTokenClaims } from './access-token.js';
import { OPAQUE_ACCESS_TOKEN_PREFIX } from './opaque-access-token.encoder.js';

const TYPE = 'at+jwt';
/** Of our own keys. Anything else that a text claims to be its key is not repeated. */
const KID = /^[\w-]{1,64}$/;

export interface ExaminedAccessToken {
  /** Up to the first that leaves nothing further to check. */
  readonly checks: readonly ExplainedCheck[];
  /** Of a token that one of our keys made. */
  readonly claims?: AccessTokenClaims;
  /** The key that it names, whether or not we have it. */
  readonly keyId?: string;
}

interface Opened {
  readonly typ: string | undefined;
  readonly claims: AccessTokenClaims;
}

/**
 * Tells why an access token of either format would not be believed, without looking at revocations. Whether it is
 * believed, `AccessTokenReader` decides.
 */
@Injectable()
export class AccessTokenExaminer {
  constructor(
    private readonly keys: TokenKeyService,
    private readonly clock: Clock,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  async examine(token: string): Promise<ExaminedAccessToken> {
    const opened = await this.open(token).catch(() => undefined);
    const keyId = kidOf(token);
    const signature = {
      check: 'signature',
      passed: opened !== undefined,
      found: this.describeKey(token, keyId),
      needed:
        'an access token of this server, whole and unchanged, by one of the keys that are published now',
    };
    if (!opened) return { checks: [signature], keyId };
    const type = typeCheck(opened);
    if (!type.passed) return { checks: [signature, type], keyId };
    const { claims } = opened;
    return { checks: [signature, type, this.issuerCheck(claims), this.expiryCheck(claims)], claims, keyId };
  }

  private async open(token: string): Promise<Opened> {
    const { payload, protectedHeader } = token.startsWith(OPAQUE_ACCESS_TOKEN_PREFIX)
      ? await this.decrypt(token.slice(OPAQUE_ACCESS_TOKEN_PREFIX.length))
      : await compactVerify(token, this.keys.verificationKeys);
    const claims = JSON.parse(new TextDecoder().decode(payload)) as AccessTokenClaims;
    return { typ: protectedHeader.typ, claims };
  }

  private async decrypt(encrypted: string) {
    const { plaintext, protectedHeader } = await compactDecrypt(encrypted, ({ kid }) => {
      const key = this.keys.encryptionKey(kid);
      if (!key) throw new Error('unknown kid');
      return key.privateKey;
    });
    return { payload: plaintext, protectedHeader };
  }

  private describeKey(token: string, kid: string | undefined): string {
    if (kid === undefined)
      return `${token.length} characters that are neither a JWT nor an opaque access token by a key of ours`;
    const isKnown = this.keys.published.keys.some((key) => key.kid === kid) || this.keys.encryptionKey(kid);
    const form = token.startsWith(OPAQUE_ACCESS_TOKEN_PREFIX) ? 'opaque' : 'a JWT';
    return `${form}, by ${isKnown ? 'our' : 'an unknown'} key ${kid}`;
  }

  private issuerCheck({ iss }: AccessTokenClaims): ExplainedCheck {
    const { issuerUrl } = this.http;
    return { check: 'issuer', passed: iss === issuerUrl, found: iss, needed: issuerUrl };
  }

  private expiryCheck({ exp }: AccessTokenClaims): ExplainedCheck {
    const found = `expires at ${new Date(exp * 1000).toISOString()}`;
    return { check: 'expiry', passed: exp > this.clock.seconds(), found, needed: 'a refresh before then' };
  }
}

function typeCheck({ typ = 'none' }: Opened): ExplainedCheck {
  return {
    check: 'type',
    passed: typ === TYPE,
    found: `typ ${typ}`,
    needed: `typ ${TYPE} (RFC 9068 section 2.1)`,
  };
}

/** `undefined` for what has no header, or names what no key of ours can be called. */
function kidOf(token: string): string | undefined {
  const isOpaque = token.startsWith(OPAQUE_ACCESS_TOKEN_PREFIX);
  try {
    const { kid } = decodeProtectedHeader(isOpaque ? token.slice(OPAQUE_ACCESS_TOKEN_PREFIX.length) : token);
    return kid !== undefined && KID.test(kid) ? kid : undefined;
  } catch {
    return undefined;
  }
}
