import { type UserStatus } from '../../users/user.entity.js';
import { ChoiceField, LimitField, TextField } from '../http/fields.js';

/** Which users are listed; all that is given must hold. */
export class UserQuery {
  @LimitField()
  limit?: number;

  @TextField({ description: 'The `next_cursor` of the page before.', example: 'MDE5YTliZDA', optional: true })
  cursor?: string;

  @TextField({ description: 'What the user name begins with.', example: 'ann', optional: true, max: 255 })
  username_prefix?: string;

  @TextField({ description: 'Their address.', example: 'ann@example.com', optional: true, max: 254 })
  email?: string;

  @ChoiceField({
    description: 'Only those who may sign in, or only those who may not.',
    example: 'active',
    optional: true,
    of: ['active', 'disabled'],
  })
  status?: UserStatus;
}

/** How users are imported. */
export class ImportQuery {
  @ChoiceField({
    description:
      'What becomes of a line whose name or id is taken: it fails, or is skipped. No user is overwritten.',
    example: 'fail-line',
    optional: true,
    of: ['fail-line', 'skip'],
  })
  on_conflict?: 'fail-line' | 'skip';
}
