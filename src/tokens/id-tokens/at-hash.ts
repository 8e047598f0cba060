import { createHash } from 'node:crypto';
import { type SigningAlgorithm } from '../../clients/token-policy.js';

/** The hash that each algorithm signs by; Ed25519's own is SHA-512. */
const DIGESTS: Readonly<Record<SigningAlgorithm, string>> = {
  ES256: 'sha256',
  RS256: 'sha256',
  PS256: 'sha256',
  EdDSA: 'sha512',
};

/** `at_hash` (OIDC Core §3.1.3.6): the left half of the access token's hash, base64url. */
export function atHash(accessToken: string, algorithm: SigningAlgorithm): string {
  const hash = createHash(DIGESTS[algorithm]).update(accessToken, 'ascii').digest();
  return hash.subarray(0, hash.length / 2).toString('base64url');
}
