/** What is wrong with one field, in words for the admin. */
export interface FieldProblem {
  /** As the API names it, with a dot before a member: `claims.locale`. */
  readonly field: string;
  readonly problem: string;
}
