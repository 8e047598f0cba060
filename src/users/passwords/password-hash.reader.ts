import { Inject, Injectable } from '@nestjs/common';
import {
  PASSWORD_SCHEMES,
  type PasswordScheme,
  type ReadHash,
  UnusableHashError,
} from './password-scheme.js';

/** Longer than any hash of the schemes. */
const MAX_LENGTH = 512;
/** What Spring Security and Django put before a hash that says by itself what it is. */
const LABEL = /^(?:\{(?:argon2|bcrypt)\}|argon2|bcrypt\$)(?=\$)/;

/** Reads hashes of passwords, by whichever registered scheme they are of. */
@Injectable()
export class PasswordHashReader {
  constructor(@Inject(PASSWORD_SCHEMES) private readonly schemes: readonly PasswordScheme[]) {}

  /** @throws UnusableHashError when no password can be checked against it */
  read(stored: string): ReadHash {
    if (stored.length > MAX_LENGTH)
      throw new UnusableHashError(`the hash is longer than ${MAX_LENGTH} characters`);
    const hash = stored.replace(LABEL, '');
    for (const scheme of this.schemes) {
      const read = scheme.read(hash);
      if (read) return read;
    }
    throw new UnusableHashError(
      'the hash is none of argon2, bcrypt, scrypt and pbkdf2 in a form that is known',
    );
  }
}
