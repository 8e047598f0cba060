import { calculateJwkThumbprint, EmbeddedJWK, type JWTVerifyResult, jwtVerify } from 'jose';
import { createHash } from 'node:crypto';
import { OAuthError } from '../../common/oauth-error.js';

/** Asymmetric algorithms that a proof may be signed with. */
export const DPOP_ALGORITHMS = ['ES256', 'RS256', 'PS256', 'EdDSA', 'Ed25519'];

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

export interface DpopProof {
  /** RFC 7638 thumbprint of the key that signed it. */
  readonly jkt: string;
  readonly jti: string;
  readonly iat: number;
  readonly nonce: string | undefined;
}

/** What a proof must be for. */
export interface ProofTarget {
  readonly method: string;
  /** The URL of the request, without query and fragment. */
  readonly url: string;
  /** The access token presented with it (RFC 9449 §7). */
  readonly accessToken?: string;
}

/**
 * Reads a proof and checks all that it says by itself (RFC 9449 §4.3): one header, type, algorithm, public
 * key, signature, method and URL. Freshness and single use are the caller's.
 *
 * @throws OAuthError `invalid_dpop_proof`
 */
export async function readDpopProof(header: string, target: ProofTarget): Promise<DpopProof> {
  if (header.includes(',')) throw refusal('more than one DPoP proof');
  const { payload, protectedHeader } = await verifySignature(header);
  const { jwk } = protectedHeader;
  if (!jwk || PRIVATE_MEMBERS.some((member) => member in jwk)) throw refusal('jwk must be a public key');
  const { htm, htu, jti, iat, nonce, ath } = payload;
  if (htm !== target.method) throw refusal('htm is not the method of the request');
  if (typeof htu !== 'string' || normalize(htu) !== normalize(target.url))
    throw refusal('htu is another URL');
  if (target.accessToken !== undefined && ath !== sha256(target.accessToken))
    throw refusal('ath is of another token');
  if (typeof jti !== 'string' || jti === '' || jti.length > 512) throw refusal('jti is missing or too long');
  if (typeof iat !== 'number') throw refusal('iat is missing');
  return {
    jkt: await calculateJwkThumbprint(jwk),
    jti,
    iat,
    nonce: typeof nonce === 'string' ? nonce : undefined,
  };
}

async function verifySignature(proof: string): Promise<JWTVerifyResult> {
  try {
    // `iat` is judged by the caller; jose would refuse one that is ahead of its own clock.
    return await jwtVerify(proof, EmbeddedJWK, { typ: 'dpop+jwt', algorithms: DPOP_ALGORITHMS });
  } catch (cause) {
    throw OAuthError.invalidDpopProof('the DPoP proof is malformed or its signature is wrong', { cause });
  }
}

/** Scheme and host in lower case, no default port, no query and fragment (RFC 9449 §4.3, RFC 3986 §6.2). */
function normalize(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

function refusal(description: string): OAuthError {
  return OAuthError.invalidDpopProof(description);
}
