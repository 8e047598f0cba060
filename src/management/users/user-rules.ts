import { type Type } from '@nestjs/common';
import { ProblemError, type Violation } from '../../http/problem.js';
import { type FieldProblem } from '../../users/field-problem.js';
import { UnsoundProfileError, UsernameTakenError } from '../../users/user-profile.js';
import { parseDocument } from '../http/document.pipe.js';

/**
 * An instance of the class, or everything that is wrong with it: what its decorators say, and of the fields
 * that they let pass what the rules of users say.
 *
 * @throws ProblemError 422
 */
export function parseSoundly<T extends object>(
  type: Type<T>,
  value: object,
  problemsOf: (value: object) => readonly FieldProblem[],
): T {
  const errors: Violation[] = [];
  const document = parseDocumentInto(errors, type, value);
  const fields = new Set(errors.map(({ pointer }) => pointer));
  errors.push(
    ...problemsOf(value)
      .map(violationOf)
      .filter(({ pointer }) => !fields.has(fieldOf(pointer))),
  );
  if (!document || errors.length > 0) throw ProblemError.validation(errors);
  return document;
}

/** Runs `work`, and says in the API's words what stands against it. */
export async function soundly<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UnsoundProfileError) throw ProblemError.validation(error.problems.map(violationOf));
    if (error instanceof UsernameTakenError) throw ProblemError.conflict('the user name is taken');
    throw error;
  }
}

export function violationOf({ field, problem }: FieldProblem): Violation {
  return { pointer: field === '' ? '#' : `#/${field}`, detail: problem };
}

function parseDocumentInto<T extends object>(
  errors: Violation[],
  type: Type<T>,
  value: object,
): T | undefined {
  try {
    return parseDocument(type, value);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    errors.push(...(error.extensions.errors ?? []));
    return undefined;
  }
}

/** `#/claims` of `#/claims/locale`. */
function fieldOf(pointer: string): string {
  return pointer.split('/').slice(0, 2).join('/');
}
