import { Injectable } from '@nestjs/common';
import { BcryptThreads } from './bcrypt-threads.js';
import { type PasswordScheme, type ReadHash, UnusableHashError } from './password-scheme.js';

const BCRYPT = /^\$2[a-z]?\$/;
/** Version, cost, 16 bytes of salt and 23 of hash. `$2x$` marks hashes of a faulty implementation. */
const COMPLETE = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;
const COST = { least: 4, most: 14 };

/**
 * bcrypt, as `$2a$`, `$2b$` and `$2y$`.
 *
 * It heeds the first 72 bytes of a password only, so that a longer one is right whatever follows them: as it
 * was where the hash is from. The hash that takes its place at the sign-in heeds all of it.
 */
@Injectable()
export class BcryptScheme implements PasswordScheme {
  constructor(private readonly threads: BcryptThreads) {}

  read(stored: string): ReadHash | undefined {
    if (!BCRYPT.test(stored)) return undefined;
    const [, digits] = COMPLETE.exec(stored) ?? [];
    if (digits === undefined) {
      throw new UnusableHashError('the hash is not a complete bcrypt hash of version 2a, 2b or 2y');
    }
    const cost = Number(digits);
    if (cost < COST.least || cost > COST.most) {
      throw new UnusableHashError(`the cost is ${COST.least} to ${COST.most}`);
    }
    return { isCurrent: false, verify: (password) => this.threads.compare(password, stored) };
  }
}
