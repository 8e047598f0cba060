import { decodeJwt, decodeProtectedHeader, type JWTPayload, type ProtectedHeaderParameters } from 'jose';
import { OAuthError } from '../../common/oauth-error.js';
import { isClientId } from '../client-registration.js';
import { ASSERTION_ALGORITHMS } from './assertion-keys.js';

/** A client assertion whose claims are sound, and whose signature nobody has looked at. */
export interface ClientAssertion {
  readonly clientId: string;
  readonly algorithm: string;
  readonly keyId: string | undefined;
  readonly jti: string;
  /** Seconds since the epoch until which it may be accepted, the leeway included. */
  readonly acceptableUntil: number;
}

/** What the claims are judged by. */
export interface AssertionContext {
  /** What `aud` may be. */
  readonly audiences: readonly string[];
  /** Seconds since the epoch. */
  readonly now: number;
}

/** Seconds that the client's clock may differ from ours (FAPI 2.0 §5.3.2.1). */
const LEEWAY = 10;
/** Seconds: as long must each `jti` be remembered. */
const LONGEST_LIFETIME = 600;
const LONGEST_JTI = 512;
/** No `typ`, the general one, or that of the revision of RFC 7523 under way. */
const TYPES = [undefined, 'jwt', 'client-authentication+jwt'];

/**
 * Reads an assertion and checks all that needs no key (RFC 7523 §3). What it finds depends on nothing but the
 * assertion, so it may be told: it says nothing about which clients there are.
 *
 * @throws OAuthError `invalid_client`
 */
export function readClientAssertion(
  assertion: string,
  { audiences, now }: AssertionContext,
): ClientAssertion {
  const { header, claims } = decode(assertion);
  const { alg: algorithm, typ, kid } = header;
  if (!TYPES.includes(typ?.toLowerCase())) throw refusal('is of another type');
  if (algorithm === undefined || !ASSERTION_ALGORITHMS.includes(algorithm))
    throw refusal(`must be signed with one of ${ASSERTION_ALGORITHMS.join(', ')}`);
  const { iss, sub, aud, jti } = claims;
  if (sub === undefined || iss !== sub || !isClientId(sub))
    throw refusal('must have the client_id as iss and as sub');
  if (!isMeantFor(audiences, aud)) throw refusal('must have the issuer, and nothing else, as aud');
  if (typeof jti !== 'string' || jti === '' || jti.length > LONGEST_JTI)
    throw refusal(`must have a jti of up to ${LONGEST_JTI} characters`);
  return { clientId: sub, algorithm, keyId: kid, jti, acceptableUntil: checkTimes(claims, now) };
}

function decode(assertion: string): { header: ProtectedHeaderParameters; claims: JWTPayload } {
  try {
    return { header: decodeProtectedHeader(assertion), claims: decodeJwt(assertion) };
  } catch (cause) {
    throw OAuthError.invalidClient('the client assertion is not a JWT', { cause });
  }
}

/** One audience: an assertion that is meant for others too could be used here by one of them. */
function isMeantFor(audiences: readonly string[], aud: JWTPayload['aud']): boolean {
  const [sole, second] = [aud].flat();
  return second === undefined && sole !== undefined && audiences.includes(sole);
}

/** @returns until when it may be accepted */
function checkTimes({ exp, nbf = 0, iat = 0 }: JWTPayload, now: number): number {
  if (![exp, nbf, iat].every(Number.isFinite) || exp === undefined)
    throw refusal('must have exp, and all its times as numbers');
  if (exp + LEEWAY <= now) throw refusal('has expired');
  if (exp > now + LONGEST_LIFETIME + LEEWAY) throw refusal(`must expire within ${LONGEST_LIFETIME} seconds`);
  if (Math.max(nbf, iat) > now + LEEWAY) throw refusal('is from the future');
  return exp + LEEWAY;
}

function refusal(problem: string): OAuthError {
  return OAuthError.invalidClient(`the client assertion ${problem}`);
}
