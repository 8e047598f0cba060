import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';

/** `Algorithm.Argon2id`, a const enum that this compilation can't read. */
const ARGON2ID = 2;
/** The first of OWASP's recommended settings: 19 MiB, two passes, one lane. */
const OPTIONS = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Longest password that is hashed, in UTF-16 units: a longer one is wrong without the work. */
const MAX_LENGTH = 1_024;

/** Hashes passwords. An unknown user costs as much time as a known one. */
@Injectable()
export class PasswordHasher {
  private readonly dummy = hash('no user has this password', OPTIONS);

  hash(password: string): Promise<string> {
    return hash(password, OPTIONS);
  }

  /** Whether the password is the one that was hashed; without a hash false, after the same work. */
  async verify(stored: string | null | undefined, password: string): Promise<boolean> {
    const isCorrect = await verify(stored ?? (await this.dummy), password.slice(0, MAX_LENGTH));
    return isCorrect && stored != null && password.length <= MAX_LENGTH;
  }
}
