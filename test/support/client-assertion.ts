import { exportJWK, generateKeyPair, type GenerateKeyPairResult, type JWK, SignJWT } from 'jose';
import { randomUUID } from 'node:crypto';
import { type Parameters } from './http.js';

export const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** A key pair of a client's own. */
export interface ClientKey {
  readonly privateKey: GenerateKeyPairResult['privateKey'];
  readonly jwk: JWK;
}

export async function clientKey(algorithm = 'ES256', kid?: string): Promise<ClientKey> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), ...(kid !== undefined && { kid }) } };
}

export function now(): number {
  return Math.floor(Date.now() / 1000);
}

/** An assertion of a client for an issuer (RFC 7523 §3), whatever is overridden. */
export function clientAssertion(
  { privateKey }: ClientKey,
  clientId: string,
  issuer: string,
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
): Promise<string> {
  const sound = { iss: clientId, sub: clientId, aud: issuer, jti: randomUUID(), iat: now(), exp: now() + 60 };
  return new SignJWT({ ...sound, ...claims })
    .setProtectedHeader({ alg: 'ES256', ...header })
    .sign(privateKey);
}

/** The parameters that carry an assertion. */
export function byAssertion(assertion: string): Parameters {
  return { client_assertion_type: JWT_BEARER, client_assertion: assertion };
}
