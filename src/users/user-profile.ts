import { isEmail } from 'class-validator';
import { type FieldProblem } from './field-problem.js';
import { claimsProblems } from './user-claims.js';
import { type UserEntity } from './user.entity.js';

/** What is said of a user, as an admin may write it. */
export type UserProfile = Pick<UserEntity, 'username' | 'email' | 'claims'>;

/** A profile that breaks rules. */
export class UnsoundProfileError extends Error {
  override readonly name = 'UnsoundProfileError';

  constructor(readonly problems: readonly FieldProblem[]) {
    super(problems.map(({ field, problem }) => `${field} ${problem}`).join('; '));
  }
}

/** A user name that another user has, in whatever case. */
export class UsernameTakenError extends Error {
  override readonly name = 'UsernameTakenError';
}

/** In UTF-16 units; the column takes as many characters. */
const MAX_USERNAME = 255;
/** RFC 5321 §4.5.3.1.3, without the brackets of a path. */
const MAX_EMAIL = 254;

/** Control characters, halves of pairs, and what other characters merely look like. */
const UNPRINTABLE = /[\p{Control}\p{Surrogate}\p{Line_Separator}\p{Paragraph_Separator}\p{Format}]/u;

/** A user name as it is stored and looked up: the same however its characters are composed (NFC). */
export function normalizedUsername(username: string): string {
  return username.normalize('NFC');
}

/** Every rule that a profile breaks; empty when it is sound. What is not given is not judged. */
export function profileProblems({ username, email, claims }: Partial<UserProfile>): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (username !== undefined && !isUsername(username)) {
    const problem = `must be 1 to ${MAX_USERNAME} printable characters without space around them`;
    problems.push({ field: 'username', problem });
  }
  if (email != null && !isEmailAddress(email)) {
    problems.push({ field: 'email', problem: `must be an email address of at most ${MAX_EMAIL} characters` });
  }
  return claims === undefined ? problems : [...problems, ...claimsProblems(claims)];
}

function isUsername(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    value.length >= 1 &&
    normalizedUsername(value).length <= MAX_USERNAME &&
    value.trim() === value &&
    !UNPRINTABLE.test(value)
  );
}

function isEmailAddress(value: unknown): boolean {
  return typeof value === 'string' && value.length <= MAX_EMAIL && isEmail(value) && !UNPRINTABLE.test(value);
}
