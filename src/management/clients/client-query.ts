import { Transform } from 'class-transformer';
import { BooleanField, LimitField, TextField } from '../http/fields.js';

/** Which clients are listed. */
export class ClientQuery {
  @LimitField()
  limit?: number;

  @TextField({ description: 'The `next_cursor` of the page before.', example: 'c2hvcA', optional: true })
  cursor?: string;

  @Transform(({ value }: { value: unknown }) => ({ true: true, false: false })[String(value)] ?? value)
  @BooleanField({ description: 'Only enabled, or only disabled ones.', example: true, optional: true })
  enabled?: boolean;

  @TextField({ description: 'Part of the id or the name.', example: 'shop', optional: true, max: 255 })
  search?: string;
}
