import { createCipheriv, createDecipheriv, hash, hkdfSync, randomBytes } from 'node:crypto';
import { type GrantCredential } from '../credentials/credential.js';
import { type GrantedTokens } from '../issuers/issuer.js';
import { type RouteConfig } from '../routes/gateway-route.js';

/** The tokens that a credential was exchanged for. */
export interface TokenRecord {
  readonly tokens: GrantedTokens;
  /** Milliseconds since the epoch. */
  readonly grantedAt: number;
}

/** By what a refresh token's record is found, and what it is encrypted with. Neither tells the token or the other. */
export interface RecordKeys {
  readonly id: Buffer;
  readonly key: Buffer;
}

const [ID_BYTES, KEY_BYTES, NONCE_BYTES, TAG_BYTES] = [32, 32, 12, 16];

/** Derived from the token for one client at one issuer (HKDF-SHA-256, RFC 5869): who has a record has no token. */
export function recordKeys({ issuer, client_id }: RouteConfig, refreshToken: string): RecordKeys {
  const salt = JSON.stringify([issuer, client_id]);
  const bytes = Buffer.from(
    hkdfSync('sha256', refreshToken, salt, 'regrant gateway-successor', ID_BYTES + KEY_BYTES),
  );
  return { id: bytes.subarray(0, ID_BYTES), key: bytes.subarray(ID_BYTES) };
}

/** Encrypts with AES-256-GCM. */
export function sealRecord({ id, key }: RecordKeys, record: TokenRecord): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(id);
  const body = Buffer.concat([cipher.update(JSON.stringify(record)), cipher.final()]);
  return Buffer.concat([nonce, body, cipher.getAuthTag()]);
}

/** @throws Error for bytes that were not sealed with these keys */
export function openRecord({ id, key }: RecordKeys, sealed: Buffer): TokenRecord {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(id);
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const body = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  return JSON.parse(body.toString()) as TokenRecord;
}

/** A configuration that changes is another object. */
const scopes = new WeakMap<RouteConfig, string>();

/**
 * For maps in memory. A refresh token stands there as it is, beside what it was exchanged for; of a password there is
 * but a hash.
 */
export function memoryKey(config: RouteConfig, credential: GrantCredential): string {
  const scope = scopeOf(config);
  if (credential.method === 'refresh_token') return scope + credential.refreshToken;
  return hash('sha256', scope + JSON.stringify(Object.values(credential)), 'base64');
}

/** All of a configuration that tokens depend on. */
function scopeOf(config: RouteConfig): string {
  let scope = scopes.get(config);
  if (scope === undefined) {
    scope = JSON.stringify([config.issuer, config.client_id, config.scopes, config.audience]);
    scopes.set(config, scope);
  }
  return scope;
}
