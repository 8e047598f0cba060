import { hash } from 'node:crypto';
import { constantTimeEqual } from '../../common/constant-time.js';
import { readUuid, writeUuid } from '../../common/uuid-bytes.js';
import { type KeyRing } from '../../key-ring/key-ring.js';

/** So that secret scanners find leaks. */
const PREFIX = 'rgr_';
const BODY = /^[A-Za-z0-9_-]{92}$/;
const SECRET_BYTES = 32;
const TAG_BYTES = 16;
/** The database counts generations in a signed integer. */
const MAX_GENERATION = 2 ** 31 - 1;
/** key version, family id, generation, secret */
const SIGNED_BYTES = 1 + 16 + 4 + SECRET_BYTES;

/**
 * A refresh token taken apart: `rgr_` and base64url of
 * key version (1 byte), family id (16), generation (4, big-endian), secret (32) and tag (16).
 *
 * The tag proves that this service issued it. The successor's secret follows from the predecessor's, so
 * that a retry gets the same successor; it takes a key of the environment *and* the predecessor.
 */
export interface RefreshToken {
  readonly keyVersion: number;
  /** A UUID in its text form. */
  readonly familyId: string;
  readonly generation: number;
  readonly secret: Buffer;
}

/** The text form that the client gets. */
export function encodeRefreshToken(keys: KeyRing, token: RefreshToken): string {
  const { keyVersion, familyId, generation, secret } = token;
  const bytes = Buffer.allocUnsafe(SIGNED_BYTES + TAG_BYTES);
  bytes.writeUInt8(keyVersion, 0);
  writeUuid(bytes, familyId, 1);
  bytes.writeUInt32BE(generation, 17);
  secret.copy(bytes, 21);
  tagOf(keys, keyVersion, bytes.subarray(0, SIGNED_BYTES)).copy(bytes, SIGNED_BYTES);
  return PREFIX + bytes.toString('base64url');
}

/** Takes a presented token apart, or `undefined` for one that this service did not issue. */
export function decodeRefreshToken(keys: KeyRing, presented: string): RefreshToken | undefined {
  const body = presented.slice(PREFIX.length);
  if (!presented.startsWith(PREFIX) || !BODY.test(body)) return undefined;
  const bytes = Buffer.from(body, 'base64url');
  const keyVersion = bytes.readUInt8(0);
  const generation = bytes.readUInt32BE(17);
  const signed = bytes.subarray(0, SIGNED_BYTES);
  if (!keys.knows(keyVersion) || generation >= MAX_GENERATION) return undefined;
  if (!constantTimeEqual(tagOf(keys, keyVersion, signed), bytes.subarray(SIGNED_BYTES))) return undefined;
  return {
    keyVersion,
    familyId: readUuid(bytes, 1),
    generation,
    secret: bytes.subarray(21, SIGNED_BYTES),
  };
}

/**
 * The one token that may follow.
 *
 * @param keyVersion the version to tag it with; its secret is chained under the predecessor's version, so
 *   that a retry after a change of keys still finds the same one
 */
export function successorOf(keys: KeyRing, token: RefreshToken, keyVersion: number): RefreshToken {
  const { familyId, secret } = token;
  const generation = token.generation + 1;
  const chained = Buffer.allocUnsafe(SECRET_BYTES + 20);
  secret.copy(chained);
  writeUuid(chained, familyId, SECRET_BYTES);
  chained.writeUInt32BE(generation, SECRET_BYTES + 16);
  const next = keys.mac('refresh-token-chain', token.keyVersion, chained);
  return { keyVersion, familyId, generation, secret: next };
}

/** What the database keeps of a token: SHA-256 of its secret. */
export function hashOf({ secret }: RefreshToken): Buffer {
  return Buffer.from(hash('sha256', secret, 'binary'), 'latin1');
}

export { PREFIX as REFRESH_TOKEN_PREFIX, SECRET_BYTES as REFRESH_TOKEN_SECRET_BYTES };

function tagOf(keys: KeyRing, version: number, signed: Buffer): Buffer {
  return keys.mac('refresh-token-tag', version, signed).subarray(0, TAG_BYTES);
}
