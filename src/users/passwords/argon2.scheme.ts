import { Injectable } from '@nestjs/common';
import { hash, parseOptions, type ParsedHashOptions, verify } from '@node-rs/argon2';
import {
  MAX_MEMORY,
  MAX_MEMORY_WORK,
  type PasswordScheme,
  type ReadHash,
  requireUsualLengths,
  UnusableHashError,
} from './password-scheme.js';

/** `Algorithm.Argon2id` and `Version.V0x13`, of const enums that this compilation can't read. */
const [ARGON2ID, VERSION_19] = [2, 1];
/** The first of OWASP's recommended settings: 19 MiB, two passes, one lane. */
const TODAY = { algorithm: ARGON2ID, version: VERSION_19, memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const TODAYS_LENGTHS = { outputLen: 32, saltLen: 16 };

const ARGON2 = /^\$argon2(id|i|d)\$/;
const MAX_PASSES = 16;
const MAX_LANES = 16;
const KIB = 1024;

/** Argon2 in PHC form (RFC 9106): how passwords are hashed here, and any variant of it from elsewhere. */
@Injectable()
export class Argon2Scheme implements PasswordScheme {
  /** Hashes with Argon2id and today's parameters. */
  hash(password: string): Promise<string> {
    return hash(password, TODAY);
  }

  read(stored: string): ReadHash | undefined {
    if (!ARGON2.test(stored)) return undefined;
    const options = parse(stored);
    refuseExtremes(options);
    return {
      isCurrent: Object.entries({ ...TODAY, ...TODAYS_LENGTHS }).every(
        ([name, value]) => options[name as keyof ParsedHashOptions] === value,
      ),
      verify: (password) => verify(stored, password),
    };
  }
}

function parse(stored: string): ParsedHashOptions {
  try {
    return parseOptions(stored);
  } catch (error) {
    throw new UnusableHashError('the hash is not a complete Argon2 hash in PHC form', { cause: error });
  }
}

function refuseExtremes(options: ParsedHashOptions): void {
  const { memoryCost, timeCost, parallelism, saltLen, outputLen } = options;
  const memory = memoryCost * KIB;
  if (memory > MAX_MEMORY || timeCost > MAX_PASSES || memory * timeCost > MAX_MEMORY_WORK) {
    throw new UnusableHashError('m is at most 262144, t at most 16, and m times t at most 1048576');
  }
  if (parallelism > MAX_LANES) throw new UnusableHashError(`p is at most ${MAX_LANES}`);
  requireUsualLengths(saltLen, outputLen);
}
