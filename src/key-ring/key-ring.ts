import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { KeyedHash } from './keyed-hash.js';

/** What a root key is derived for; a key of one purpose says nothing about another's. */
export type KeyPurpose =
  | 'refresh-token-tag'
  | 'refresh-token-chain'
  | 'client-secret'
  | 'token-key-seal'
  | 'dpop-nonce'
  | 'push-authorization'
  | 'audit-chain'
  | 'idempotency-seal'
  | 'idempotency-fingerprint'
  | 'registration-access-token'
  | 'initial-access-token'
  | 'sign-in-request'
  | 'logout-request'
  | 'csrf'
  | 'gateway-client-secret'
  | 'gateway-session'
  | 'authorization-request';

export interface RootKey {
  /** 1 to 255. */
  readonly version: number;
  /** 32 bytes. */
  readonly key: Buffer;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * The keys from the environment: one root key per version, from which each purpose's key is derived with
 * HKDF-SHA-256 (RFC 5869). The first version is the active one; the others still verify and open.
 */
export class KeyRing {
  readonly activeVersion: number;
  private readonly derived = new Map<string, Buffer>();
  /** By purpose, at the index of the version. */
  private readonly hashes = new Map<KeyPurpose, KeyedHash[]>();
  private readonly roots: ReadonlyMap<number, Buffer>;

  constructor(keys: readonly RootKey[]) {
    const [active] = keys;
    if (!active) throw new Error('a key ring needs at least one key');
    this.activeVersion = active.version;
    this.roots = new Map(keys.map(({ version, key }) => [version, key]));
  }

  /** Whether tokens and secrets made under this version can still be checked. */
  knows(version: number): boolean {
    return this.roots.has(version);
  }

  /**
   * HMAC-SHA-256 of the parts, in order, under the purpose's key.
   *
   * @throws Error for an unknown version: ask {@link knows} first
   */
  mac(purpose: KeyPurpose, version: number, ...parts: readonly (Buffer | string)[]): Buffer {
    const known = this.hashes.get(purpose)?.[version];
    return (known ?? this.keyedHash(purpose, version)).of(...parts);
  }

  /** Encrypts with AES-256-GCM under the active version; `context` must be given again to open it. */
  seal(purpose: KeyPurpose, plaintext: Buffer, context: string): { version: number; sealed: Buffer } {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.derive(purpose, this.activeVersion), nonce);
    cipher.setAAD(Buffer.from(context));
    const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
    return { version: this.activeVersion, sealed: Buffer.concat([nonce, body, cipher.getAuthTag()]) };
  }

  /** @throws Error when the version is unknown, or the bytes or the context are not what was sealed */
  open(purpose: KeyPurpose, version: number, sealed: Buffer, context: string): Buffer {
    const key = this.derive(purpose, version);
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES));
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  }

  private keyedHash(purpose: KeyPurpose, version: number): KeyedHash {
    const made = new KeyedHash(this.derive(purpose, version));
    const versions = this.hashes.get(purpose) ?? [];
    versions[version] = made;
    this.hashes.set(purpose, versions);
    return made;
  }

  private derive(purpose: KeyPurpose, version: number): Buffer {
    const id = `${version}:${purpose}`;
    const known = this.derived.get(id);
    if (known) return known;
    const root = this.roots.get(version);
    if (!root) throw new Error(`REGRANT_KEYS has no key of version ${version}`);
    const key = Buffer.from(hkdfSync('sha256', root, '', `regrant ${purpose}`, 32));
    this.derived.set(id, key);
    return key;
  }
}
