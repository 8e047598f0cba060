/** What is wrong with one field, in words for the admin. */
export interface FieldProblem {
  /** The member as the API names it, with `/` between the parts of its path, as in a JSON pointer. */
  readonly field: string;
  readonly problem: string;
}

const MAX_NAME = 128;

/** A member's name in a path (RFC 6901 §3), cut short, since it may be anything. */
export function fieldPart(name: string): string {
  return name.slice(0, MAX_NAME).replaceAll('~', '~0').replaceAll('/', '~1');
}
