/** What people who have it may do at the management API. */
export interface Role {
  /** Lower case, 1 to 63 characters. */
  readonly name: string;
  readonly description: string;
  /** Of the management API. */
  readonly scopes: readonly string[];
  readonly created_at: Date;
  readonly updated_at: Date;
}
