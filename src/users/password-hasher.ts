import { Injectable } from '@nestjs/common';
import { Argon2Scheme } from './passwords/argon2.scheme.js';
import { PasswordHashReader } from './passwords/password-hash.reader.js';
import { MAX_PASSWORD_LENGTH, normalizedPassword } from './passwords/password-rules.js';
import { type ReadHash } from './passwords/password-scheme.js';

/** `outdated`: right, and to be hashed anew, since it is not hashed as passwords are today. */
export type PasswordVerdict = 'wrong' | 'right' | 'outdated';

/** Hashes passwords, and checks them. An unknown user costs as much time as one whose hash is ours. */
@Injectable()
export class PasswordHasher {
  private readonly dummy: Promise<string>;

  constructor(
    private readonly argon2: Argon2Scheme,
    private readonly reader: PasswordHashReader,
  ) {
    this.dummy = argon2.hash('no user has this password');
  }

  hash(password: string): Promise<string> {
    return this.argon2.hash(normalizedPassword(password));
  }

  /**
   * Whether the password is the one that was hashed; without a hash, or with one that can't be read, it is
   * wrong, after the work of one of ours.
   */
  async verify(stored: string | null | undefined, password: string): Promise<PasswordVerdict> {
    const known = this.readable(stored);
    const hash = known ?? this.reader.read(await this.dummy);
    const typed = password.slice(0, MAX_PASSWORD_LENGTH);
    const normalized = normalizedPassword(typed);
    const isAsHashedHere = await hash.verify(normalized);
    // Elsewhere passwords may be hashed as they were typed.
    const isCorrect = isAsHashedHere || (normalized !== typed && (await hash.verify(typed)));
    if (!known || !isCorrect || password.length > MAX_PASSWORD_LENGTH) return 'wrong';
    return isAsHashedHere && known.isCurrent ? 'right' : 'outdated';
  }

  private readable(stored: string | null | undefined): ReadHash | undefined {
    if (stored == null) return undefined;
    try {
      return this.reader.read(stored);
    } catch {
      // Refused where hashes come in; one that is here nevertheless fits no password.
      return undefined;
    }
  }
}
