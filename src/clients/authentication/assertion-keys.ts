import { type JWK } from 'jose';
import {
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey as NodeJsonWebKey,
  randomBytes,
} from 'node:crypto';

type KeyKind = Readonly<Pick<JWK, 'kty' | 'crv'>>;

/** Asymmetric algorithms that a client assertion may be signed with, and the kind of key that each takes. */
const KEY_KINDS: Readonly<Record<string, KeyKind>> = {
  ES256: { kty: 'EC', crv: 'P-256' },
  RS256: { kty: 'RSA' },
  PS256: { kty: 'RSA' },
  EdDSA: { kty: 'OKP', crv: 'Ed25519' },
  Ed25519: { kty: 'OKP', crv: 'Ed25519' },
};

export const ASSERTION_ALGORITHMS: readonly string[] = Object.keys(KEY_KINDS);

const LEAST_RSA_BITS = 2_048;

/**
 * The one key that an assertion must be verified with: the algorithm must be the key's, so that no header can
 * choose another, and of several keys the header's `kid` must name one (OIDC Core §10.1).
 */
export function soleKey(keys: readonly JWK[], algorithm: string, keyId: string | undefined): JWK | undefined {
  const [key, second] = keys.filter(
    (candidate) => fits(candidate, algorithm) && (keyId === undefined || candidate.kid === keyId),
  );
  if (!key || second) return undefined;
  return key.alg === undefined || key.alg === algorithm ? key : { ...key, alg: algorithm };
}

/** Whether it is a public key that some assertion can be verified with. */
export function isAssertionKey(key: JWK): boolean {
  if (!ASSERTION_ALGORITHMS.some((algorithm) => fits(key, algorithm))) return false;
  try {
    const { asymmetricKeyDetails } = createPublicKey({ key: key as NodeJsonWebKey, format: 'jwk' });
    return key.kty !== 'RSA' || (asymmetricKeyDetails?.modulusLength ?? 0) >= LEAST_RSA_BITS;
  } catch {
    return false;
  }
}

const decoys = new Map<string, JWK>();

/** A key that has verified nothing ever, to spend the time of a verification on. */
export function decoyKey(algorithm: string): JWK {
  const known = decoys.get(algorithm);
  if (known) return known;
  const decoy = makeDecoy(KEY_KINDS[algorithm]?.kty);
  decoys.set(algorithm, decoy);
  return decoy;
}

function makeDecoy(keyType: string | undefined): JWK {
  if (keyType === 'EC')
    return generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
  if (keyType === 'OKP') return generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
  // Any odd number of the right length will do for a modulus: to find primes for it takes far longer.
  const modulus = Buffer.concat([Buffer.of(0x80), randomBytes(LEAST_RSA_BITS / 8 - 2), Buffer.of(0x01)]);
  return { kty: 'RSA', n: modulus.toString('base64url'), e: 'AQAB' };
}

function fits({ kty, crv, alg, use, key_ops: operations }: JWK, algorithm: string): boolean {
  const kind = KEY_KINDS[algorithm];
  if (!kind || kty !== kind.kty || (kind.crv !== undefined && crv !== kind.crv)) return false;
  const isForVerifying = use === undefined || use === 'sig';
  const isItsAlgorithm = alg === undefined || canonical(alg) === canonical(algorithm);
  return isForVerifying && isItsAlgorithm && (operations?.includes('verify') ?? true);
}

/** With the one curve that we take, the old name and the new one mean the same (RFC 9864). */
function canonical(algorithm: string): string {
  return algorithm === 'EdDSA' ? 'Ed25519' : algorithm;
}
