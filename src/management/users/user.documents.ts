import { PartialType } from '@nestjs/swagger';
import {
  BooleanField,
  ChoiceField,
  FreeObjectField,
  ObjectListField,
  TextField,
  TimeField,
  UuidField,
  WholeNumberField,
} from '../http/fields.js';
import { type UserStatus } from '../../users/user.entity.js';

const STATUSES = ['active', 'disabled'];
const CLAIMS = { name: 'Ann Example', given_name: 'Ann', locale: 'en-GB', email_verified: true };

/** What is said of a user. */
export class UserDocument {
  @TextField({ description: 'What they sign in by, unique whatever its case.', example: 'ann', max: 255 })
  username: string;

  @TextField({
    description: 'Their address.',
    example: 'ann@example.com',
    optional: true,
    max: 254,
    format: 'email',
  })
  email?: string;

  @FreeObjectField({
    description:
      'Claims about them: those of OpenID Connect Core 5.1 have their types, others may be any JSON. What this service says itself, such as sub, is refused.',
    example: CLAIMS,
    optional: true,
  })
  claims?: Record<string, unknown>;
}

/** What of it is to change. */
export class UserPatchDocument extends PartialType(UserDocument) {}

/** What of a user may be written, as plain JSON. */
export type Profile = Pick<UserDocument, keyof UserDocument>;

/** A user to be created. */
export class NewUserDocument extends UserDocument {
  @ChoiceField({ description: 'Whether they may sign in.', example: 'active', optional: true, of: STATUSES })
  status?: UserStatus;

  @TextField({
    description: 'Their password, 8 characters at least.',
    example: 'correct horse battery staple',
    optional: true,
    min: 8,
    max: 1_024,
  })
  password?: string;
}

/** A user as a line of an import tells of them: with a password, the hash of one, or neither. */
export class ImportedUserDocument extends UserDocument {
  @ChoiceField({ description: 'Whether they may sign in.', example: 'active', optional: true, of: STATUSES })
  status?: UserStatus;

  @UuidField({
    description: 'Their id, where they have one; it becomes the sub of their tokens.',
    example: '6f1c2f0e-3b1b-4b6e-9a54-0f0a3d6e2c11',
    optional: true,
  })
  id?: string;

  @TextField({
    description: 'The hash of their password, by Argon2, bcrypt, scrypt or PBKDF2, see docs/users.md.',
    example: '$2b$12$abcdefghijklmnopqrstuuXjqpsNhtm2/ToNnz5AGIh9CoZdX/kja',
    optional: true,
    max: 512,
  })
  password_hash?: string;

  @TextField({
    description: 'Their password, 8 characters at least; not beside password_hash.',
    example: 'correct horse battery staple',
    optional: true,
    min: 8,
    max: 1_024,
  })
  password?: string;
}

/** A user as they are. */
export class StoredUserDocument extends UserDocument {
  @UuidField({ description: 'The sub of their tokens.', example: '019a9bd0-54a1-7c55-8a0c-5a1f6f5d7c11' })
  id: string;

  @ChoiceField({ description: 'Whether they may sign in.', example: 'active', of: STATUSES })
  status: UserStatus;

  @BooleanField({ description: 'Whether they can sign in with a password.', example: true })
  has_password: boolean;

  @TimeField({ description: 'When they were created.', example: '2026-03-01T09:30:00.000Z' })
  created_at: string;

  @TimeField({ description: 'When they were changed last.', example: '2026-03-01T09:30:00.000Z' })
  updated_at: string;
}

export class UserPageDocument {
  @ObjectListField(() => StoredUserDocument, { description: 'The users, the newest first.' })
  items: StoredUserDocument[];

  @TextField({
    description: 'Where the next page begins; left out on the last page.',
    example: 'MDE5YTliZDAtNTRhMS03YzU1LThhMGMtNWExZjZmNWQ3YzEx',
    optional: true,
  })
  next_cursor?: string;
}

/** What a user is to sign in with from now on. */
export class NewPasswordDocument {
  @TextField({
    description: 'The password, 8 characters at least.',
    example: 'correct horse battery staple',
    min: 8,
    max: 1_024,
  })
  password: string;
}

const COUNT = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;

/** What was wrong with a line of an import. */
export class LineProblemDocument {
  @WholeNumberField({ description: 'The line, from 1.', example: 17, ...COUNT })
  line: number;

  @TextField({ description: 'A JSON pointer into the line; # for all of it.', example: '#/email' })
  pointer: string;

  @TextField({
    description: 'What is wrong there.',
    example: 'must be an email address of at most 254 characters',
  })
  detail: string;
}

/** What became of the lines of an import. */
export class ImportSummaryDocument {
  @WholeNumberField({ description: 'Users that were created.', example: 9_998, ...COUNT })
  created: number;

  @WholeNumberField({
    description: 'Lines whose name or id was taken, and that were skipped.',
    example: 1,
    ...COUNT,
  })
  skipped: number;

  @WholeNumberField({ description: 'Lines that were refused.', example: 1, ...COUNT })
  failed: number;

  @ObjectListField(() => LineProblemDocument, { description: 'What was wrong with the first of them.' })
  problems: LineProblemDocument[];

  @WholeNumberField({ description: 'Problems beyond those that are told.', example: 0, ...COUNT })
  problems_left_out: number;
}
