import { Injectable } from '@nestjs/common';
import { scrypt, type ScryptOptions } from 'node:crypto';
import { constantTimeEqual } from '../../common/constant-time.js';
import {
  MAX_MEMORY,
  MAX_MEMORY_WORK,
  type PasswordScheme,
  type ReadHash,
  UnusableHashError,
} from './password-scheme.js';
import { readPhc } from './phc.js';

const MAX_LOG_N = 24;

/** scrypt (RFC 7914) in PHC form: `$scrypt$ln=<log2 N>,r=<r>,p=<p>$<salt>$<hash>`. */
@Injectable()
export class ScryptScheme implements PasswordScheme {
  read(stored: string): ReadHash | undefined {
    if (!stored.startsWith('$scrypt$')) return undefined;
    const { parameters, salt, hash } = readPhc(stored, ['ln', 'r', 'p']);
    const options = boundedOptions(parameters);
    return {
      isCurrent: false,
      verify: async (password) => constantTimeEqual(await derive(password, salt, hash.length, options), hash),
    };
  }
}

function boundedOptions({ ln, r, p }: Record<'ln' | 'r' | 'p', number>): ScryptOptions {
  const memory = 128 * r * 2 ** Math.min(ln, MAX_LOG_N);
  if (ln > MAX_LOG_N || memory > MAX_MEMORY || memory * p > MAX_MEMORY_WORK) {
    throw new UnusableHashError('128 N r is at most 256 MiB, and p times that at most 1 GiB');
  }
  // What OpenSSL counts besides: a block for each lane, and two more.
  return { N: 2 ** ln, r, p, maxmem: memory + 128 * r * (p + 2) + 1 };
}

function derive(password: string, salt: Buffer, length: number, options: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, length, options, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}
