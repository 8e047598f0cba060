import { constants, KeyObject, sign, type SignKeyObjectInput } from 'node:crypto';
import { type SigningAlgorithm } from '../../clients/token-policy.js';
import { type TokenKey } from './token-key.js';

/** How node:crypto is asked for each algorithm of RFC 7518 §3.1 and RFC 8037 §3.1; Ed25519 has a digest of its own. */
const SCHEMES: Record<
  SigningAlgorithm,
  Omit<SignKeyObjectInput, 'key'> & { readonly digest: string | null }
> = {
  ES256: { digest: 'sha256', dsaEncoding: 'ieee-p1363' },
  RS256: { digest: 'sha256', padding: constants.RSA_PKCS1_PADDING },
  PS256: { digest: 'sha256', padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 },
  EdDSA: { digest: null },
};

/** What the signing of a token needs, made once per key. */
interface Signer {
  readonly digest: string | null;
  readonly key: SignKeyObjectInput;
  readonly isSlow: boolean;
  /** Protected headers by `typ`, encoded. */
  readonly headers: Map<string, string>;
}

const signers = new WeakMap<TokenKey, Signer>();

/**
 * Signs claims as a JWS in compact serialization (RFC 7515 §7.1).
 *
 * Straight through node:crypto: every call of WebCrypto, which the JOSE library goes through, costs more than
 * an ES256 signature itself. That is made at once, since handing it over costs as much again; an RSA one,
 * which takes a millisecond, on the thread pool. See docs/performance.md.
 *
 * @param typ the media type of the token, for its header
 */
export async function signCompactJws(tokenKey: TokenKey, typ: string, claims: object): Promise<string> {
  const { digest, key, isSlow, headers } = signerOf(tokenKey);
  let header = headers.get(typ);
  if (header === undefined) {
    header = encode({ alg: tokenKey.algorithm, typ, kid: tokenKey.kid });
    headers.set(typ, header);
  }
  const input = `${header}.${encode(claims)}`;
  const bytes = Buffer.from(input);
  const signature = isSlow ? await signOnThreadPool(digest, bytes, key) : sign(digest, bytes, key);
  return `${input}.${signature.toString('base64url')}`;
}

function signOnThreadPool(digest: string | null, bytes: Buffer, key: SignKeyObjectInput): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    sign(digest, bytes, key, (error, signature) => {
      if (error) reject(error);
      else resolve(signature);
    });
  });
}

function signerOf(tokenKey: TokenKey): Signer {
  const known = signers.get(tokenKey);
  if (known) return known;
  const { algorithm, privateKey } = tokenKey;
  if (algorithm === 'A256CBC-HS512' || privateKey instanceof Uint8Array)
    throw new Error('an encryption key does not sign');
  const { digest, ...options } = SCHEMES[algorithm];
  const key = KeyObject.from(privateKey);
  const isSlow = key.asymmetricKeyType === 'rsa';
  const signer = { digest, key: { key, ...options }, isSlow, headers: new Map() };
  signers.set(tokenKey, signer);
  return signer;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
