import { createHash } from 'node:crypto';
import { constantTimeEqual } from '../../common/constant-time.js';
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
  const signed = signedPart(token);
  return PREFIX + Buffer.concat([signed, tagOf(keys, token.keyVersion, signed)]).toString('base64url');
}

/** Takes a presented token apart, or `undefined` for one that this service did not issue. */
export function decodeRefreshToken(keys: KeyRing, presented: string): RefreshToken | undefined {
  const body = presented.slice(PREFIX.length);
  if (!presented.startsWith(PREFIX) || !BODY.test(body)) return undefined;
  const bytes = Buffer.from(body, 'base64url');
  const keyVersion = bytes.readUInt8(0);
  const signed = bytes.subarray(0, SIGNED_BYTES);
  if (!keys.knows(keyVersion) || bytes.readUInt32BE(17) >= MAX_GENERATION) return undefined;
  if (!constantTimeEqual(tagOf(keys, keyVersion, signed), bytes.subarray(SIGNED_BYTES))) return undefined;
  return {
    keyVersion,
    familyId: formatUuid(bytes.toString('hex', 1, 17)),
    generation: bytes.readUInt32BE(17),
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
  const id = Buffer.alloc(4);
  id.writeUInt32BE(generation);
  const chained = keys.mac('refresh-token-chain', token.keyVersion, secret, uuidBytes(familyId), id);
  return { keyVersion, familyId, generation, secret: chained };
}

/** What the database keeps of a token: SHA-256 of its secret. */
export function hashOf({ secret }: RefreshToken): Buffer {
  return createHash('sha256').update(secret).digest();
}

export { PREFIX as REFRESH_TOKEN_PREFIX, SECRET_BYTES as REFRESH_TOKEN_SECRET_BYTES };

function signedPart({ keyVersion, familyId, generation, secret }: RefreshToken): Buffer {
  const head = Buffer.alloc(21);
  head.writeUInt8(keyVersion, 0);
  uuidBytes(familyId).copy(head, 1);
  head.writeUInt32BE(generation, 17);
  return Buffer.concat([head, secret]);
}

function tagOf(keys: KeyRing, version: number, signed: Buffer): Buffer {
  return keys.mac('refresh-token-tag', version, signed).subarray(0, TAG_BYTES);
}

function uuidBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

function formatUuid(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
