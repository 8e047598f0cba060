import { deserialize } from '@phc/format';
import { requireUsualLengths, UnusableHashError } from './password-scheme.js';

/** A hash in the PHC string format, `$<id>$<name>=<number>,...$<salt>$<hash>`, with the parameters asked for. */
export interface PhcHash<Name extends string> {
  readonly parameters: Readonly<Record<Name, number>>;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/**
 * Reads a hash in PHC form, whose parameters are whole numbers above 0.
 *
 * @throws UnusableHashError when it is not that, or lacks one of the parameters
 */
export function readPhc<Name extends string>(stored: string, names: readonly Name[]): PhcHash<Name> {
  const { params = {}, salt, hash } = parse(stored);
  if (!salt || !hash) throw new UnusableHashError('the salt or the hash is missing');
  requireUsualLengths(salt.length, hash.length);
  const parameters = Object.fromEntries(names.map((name) => [name, positive(name, params[name])]));
  return { parameters: parameters as Record<Name, number>, salt, hash };
}

function parse(stored: string) {
  try {
    return deserialize(stored);
  } catch (error) {
    throw new UnusableHashError('the hash is not in PHC form', { cause: error });
  }
}

function positive(name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw new UnusableHashError(`the parameter ${name} must be a whole number above 0`);
}
