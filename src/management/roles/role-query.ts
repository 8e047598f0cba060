import { LimitField, TextField } from '../http/fields.js';

/** Which page of the roles is listed. */
export class RoleQuery {
  @LimitField()
  limit?: number;

  @TextField({ description: 'The `next_cursor` of the page before.', example: 'c3VwcG9ydA', optional: true })
  cursor?: string;
}
