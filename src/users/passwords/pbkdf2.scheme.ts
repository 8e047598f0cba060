import { Injectable } from '@nestjs/common';
import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { constantTimeEqual } from '../../common/constant-time.js';
import {
  type PasswordScheme,
  type ReadHash,
  requireUsualLengths,
  UnusableHashError,
} from './password-scheme.js';
import { readPhc } from './phc.js';

interface Pbkdf2Hash {
  readonly digest: Digest;
  readonly iterations: number;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

type Digest = keyof typeof DIGEST_BYTES;

const DIGEST_BYTES = { sha1: 20, sha256: 32, sha512: 64 };
const MAX_ITERATIONS = 2_000_000;

/** `$pbkdf2-sha256$i=600000$<salt>$<hash>`; without a digest it is SHA-1. */
const PHC = /^\$pbkdf2(?:-(sha1|sha256|sha512))?\$/;
/** passlib's parameter has no name, and its Base64 has `.` for `+`. */
const PASSLIB = /^(\$[a-z0-9-]+\$)(\d+)\$/;
/** `pbkdf2_sha256$600000$<salt as text>$<hash>`. */
const DJANGO = /^pbkdf2_(sha1|sha256)\$([1-9]\d{0,9})\$([^$]+)\$([A-Za-z0-9+/]+={0,2})$/;

const derive = promisify(pbkdf2);

/** PBKDF2 (RFC 8018) with HMAC of SHA-1, SHA-256 or SHA-512, as PHC, passlib and Django write it. */
@Injectable()
export class Pbkdf2Scheme implements PasswordScheme {
  read(stored: string): ReadHash | undefined {
    const read = readPhcOrPasslib(stored) ?? readDjango(stored);
    if (!read) return undefined;
    requireUsualLengths(read.salt.length, read.hash.length);
    refuseExtremes(read);
    return { isCurrent: false, verify: (password) => verify(read, password) };
  }
}

function readPhcOrPasslib(stored: string): Pbkdf2Hash | undefined {
  const [start, digest = 'sha1'] = PHC.exec(stored) ?? [];
  if (start === undefined) return undefined;
  const { parameters, salt, hash } = readPhc(stored.replace(PASSLIB, '$1i=$2$').replaceAll('.', '+'), ['i']);
  return { digest: digest as Digest, iterations: parameters.i, salt, hash };
}

function readDjango(stored: string): Pbkdf2Hash | undefined {
  const [, digest, iterations, salt = '', hash = ''] = DJANGO.exec(stored) ?? [];
  return digest === undefined
    ? undefined
    : {
        digest: digest as Digest,
        iterations: Number(iterations),
        salt: Buffer.from(salt),
        hash: Buffer.from(hash, 'base64'),
      };
}

/** Each digest's worth of output costs all iterations anew. */
function refuseExtremes({ digest, iterations, hash }: Pbkdf2Hash): void {
  if (iterations * Math.ceil(hash.length / DIGEST_BYTES[digest]) > MAX_ITERATIONS) {
    throw new UnusableHashError('the iterations are at most 2000000 in all');
  }
}

async function verify({ digest, iterations, salt, hash }: Pbkdf2Hash, password: string): Promise<boolean> {
  return constantTimeEqual(await derive(password, salt, iterations, hash.length, digest), hash);
}
