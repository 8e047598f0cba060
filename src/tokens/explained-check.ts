/** One check of a token, and how it came out. Never holds the token. */
export interface ExplainedCheck {
  /** Its name; for a refresh token that of the refusal that it ends in. */
  readonly check: string;
  readonly passed: boolean;
  readonly found: string;
  /** What makes it pass. */
  readonly needed: string;
}
