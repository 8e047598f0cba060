/** What is wrong with one field, in words for the admin. */
export interface FieldProblem {
  /** The member as the API names it, with `/` between the parts of its path, as in a JSON pointer. */
  readonly field: string;
  readonly problem: string;
}
