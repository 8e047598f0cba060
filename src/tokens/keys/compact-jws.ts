import { constants, KeyObject, sign, type SignKeyObjectInput } from 'node:crypto';
import { type SigningAlgorithm } from '../../clients/token-policy.js';
import { type JwsRecipe, signingInput, signJws } from './sign-jws.js';
import { type TokenKey } from './token-key.js';

type Scheme = Omit<SignKeyObjectInput, 'key'> & { readonly digest: string | null };

/** How node:crypto is asked for each algorithm of RFC 7518 §3.1 and RFC 8037 §3.1; Ed25519 has a digest of its own. */
const SCHEMES: Record<SigningAlgorithm, Scheme> = {
  ES256: { digest: 'sha256', dsaEncoding: 'ieee-p1363' },
  RS256: { digest: 'sha256', padding: constants.RSA_PKCS1_PADDING },
  PS256: { digest: 'sha256', padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 },
  EdDSA: { digest: null },
};

interface Recipes {
  readonly isSlow: boolean;
  /** By `typ`. */
  readonly byType: Map<string, JwsRecipe>;
}

const recipes = new WeakMap<TokenKey, Recipes>();

/**
 * Signs claims as a JWS in compact serialization (RFC 7515 §7.1).
 *
 * Straight through node:crypto: every call of WebCrypto, which the JOSE library goes through, costs more than
 * an ES256 signature itself. That is made at once; an RSA one, which takes a millisecond, on the thread pool.
 *
 * @param typ the media type of the token, for its header
 */
export async function signCompactJws(tokenKey: TokenKey, typ: string, claims: object): Promise<string> {
  const recipe = jwsRecipe(tokenKey, typ);
  const payload = JSON.stringify(claims);
  return isSlow(tokenKey) ? signOnThreadPool(recipe, payload) : signJws(recipe, payload);
}

/** How tokens of a type are signed with a key: the same object each time. */
export function jwsRecipe(tokenKey: TokenKey, typ: string): JwsRecipe {
  const { byType } = recipesOf(tokenKey);
  const known = byType.get(typ);
  if (known) return known;
  const { digest, ...options } = schemeOf(tokenKey);
  const header = { alg: tokenKey.algorithm, typ, kid: tokenKey.kid };
  const recipe = {
    digest,
    key: { key: keyObject(tokenKey), ...options },
    header: Buffer.from(JSON.stringify(header)).toString('base64url'),
  };
  byType.set(typ, recipe);
  return recipe;
}

/** Whether a signature with it is too slow for the event loop. */
export function isSlow(tokenKey: TokenKey): boolean {
  return recipesOf(tokenKey).isSlow;
}

function recipesOf(tokenKey: TokenKey): Recipes {
  const known = recipes.get(tokenKey);
  if (known) return known;
  const isSlow = keyObject(tokenKey).asymmetricKeyType === 'rsa';
  const made = { isSlow, byType: new Map<string, JwsRecipe>() };
  recipes.set(tokenKey, made);
  return made;
}

function keyObject({ privateKey }: TokenKey): KeyObject {
  if (privateKey instanceof Uint8Array) throw new Error('an encryption key does not sign');
  return KeyObject.from(privateKey);
}

function schemeOf({ algorithm }: TokenKey): Scheme {
  if (algorithm === 'A256CBC-HS512') throw new Error('an encryption key does not sign');
  return SCHEMES[algorithm];
}

function signOnThreadPool(recipe: JwsRecipe, payload: string): Promise<string> {
  const input = signingInput(recipe, payload);
  return new Promise((resolve, reject) => {
    sign(recipe.digest, Buffer.from(input), recipe.key, (error, signature) => {
      if (error) reject(error);
      else resolve(`${input}.${signature.toString('base64url')}`);
    });
  });
}
