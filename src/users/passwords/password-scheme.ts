/** A hash that was read: what it takes to check passwords against it. */
export interface ReadHash {
  /** Whether a password is hashed just so today; a hash that is not is replaced when its user signs in. */
  readonly isCurrent: boolean;
  verify(password: string): Promise<boolean>;
}

/** One way in which passwords are hashed, here or where users came from. */
export interface PasswordScheme {
  /**
   * Reads a hash, or returns `undefined` when it is of another scheme.
   *
   * @throws UnusableHashError when it is of this scheme, and malformed or too much work to check
   */
  read(stored: string): ReadHash | undefined;
}

export const PASSWORD_SCHEMES = Symbol('PASSWORD_SCHEMES');

/** A hash that no password can be checked against. The message is for the admin, and holds nothing of it. */
export class UnusableHashError extends Error {
  override readonly name = 'UnusableHashError';
}

/** 2^30: bytes of memory times the passes over them. Takes a second or two. */
export const MAX_MEMORY_WORK = 1024 ** 3;
/** Bytes that checking one password may take. */
export const MAX_MEMORY = 256 * 1024 ** 2;

/** Fewer would make a hash that other passwords have too; more is no password's hash. */
const HASH_BYTES = { least: 16, most: 64 };
const SALT_BYTES = { least: 8, most: 64 };

/**
 * @param saltBytes how many there are, and `hashBytes` likewise
 * @throws UnusableHashError when it is not as many as hashes of passwords have
 */
export function requireUsualLengths(saltBytes: number, hashBytes: number): void {
  requireWithin('the salt', saltBytes, SALT_BYTES);
  requireWithin('the hash', hashBytes, HASH_BYTES);
}

function requireWithin(part: string, length: number, { least, most }: typeof HASH_BYTES): void {
  if (length < least || length > most) {
    throw new UnusableHashError(`${part} must have ${least} to ${most} bytes`);
  }
}
