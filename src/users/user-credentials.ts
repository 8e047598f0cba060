import { type FieldProblem } from './field-problem.js';
import { type PasswordHashReader } from './passwords/password-hash.reader.js';
import { passwordProblem } from './passwords/password-rules.js';
import { UnusableHashError } from './passwords/password-scheme.js';

/** What a user is to sign in with: a password, or the hash of the one that they have; or nothing. */
export interface NewCredentials {
  readonly password?: unknown;
  readonly password_hash?: unknown;
}

/** What is wrong with credentials, in words that hold nothing of them; empty when they are sound. */
export function credentialProblems(
  { password, password_hash: hash }: NewCredentials,
  hashes: PasswordHashReader,
): FieldProblem[] {
  if (password !== undefined && hash !== undefined) {
    return [{ field: 'password', problem: 'must not stand beside password_hash' }];
  }
  const problem = problemOfPassword(password);
  if (problem !== undefined) return [{ field: 'password', problem }];
  const hashProblem = problemOfHash(hash, hashes);
  return hashProblem === undefined ? [] : [{ field: 'password_hash', problem: hashProblem }];
}

function problemOfPassword(password: unknown): string | undefined {
  if (password === undefined) return undefined;
  return typeof password === 'string' ? passwordProblem(password) : 'must be a string';
}

function problemOfHash(hash: unknown, hashes: PasswordHashReader): string | undefined {
  if (hash === undefined) return undefined;
  if (typeof hash !== 'string') return 'must be a string';
  try {
    hashes.read(hash);
    return undefined;
  } catch (error) {
    if (error instanceof UnusableHashError) return error.message;
    throw error;
  }
}
