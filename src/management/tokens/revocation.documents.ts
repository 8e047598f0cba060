import { BooleanField, ChoiceField, ObjectField, TextField, TimeField, UuidField } from '../http/fields.js';

const FAMILY = '0198d3a4-77a2-7b61-9a51-0c1f6a5b7e21';
const USER = '0198d3a2-1f0c-7c11-8a3e-5d2b7c9e0f41';
const TARGETS = ['token_family', 'access_token', 'user', 'client', 'server'];

/**
 * What to revoke: one of `family_id`; `user_id`; `client_id`; `user_id` and `client_id`; `jti` and `client_id`;
 * `all`.
 */
export class NewRevocationDocument {
  @UuidField({
    description: 'A token family: its refresh token and all its access tokens.',
    example: FAMILY,
    optional: true,
  })
  family_id?: string;

  @UuidField({
    description:
      'All that a user has; with `client_id` at that client only. Beside `jti`: whose the token is.',
    example: USER,
    optional: true,
  })
  user_id?: string;

  @TextField({ description: 'All that a client has.', example: 'shop', optional: true, max: 255 })
  client_id?: string;

  @TextField({
    description: 'One access token of the client; its family goes on.',
    example: '0198d3a4-77a3-7d02-8c1b-7f2e9d4c5b60',
    optional: true,
    max: 255,
  })
  jti?: string;

  @TimeField({
    description: 'When that access token expires; a day from now where it is not known.',
    example: '2026-03-01T10:30:00Z',
    optional: true,
  })
  expires_at?: string;

  @BooleanField({ description: 'true: all tokens of everybody.', example: false, optional: true })
  all?: boolean;

  @TextField({
    description: 'For the audit log: why.',
    example: 'laptop stolen, ticket 4711',
    optional: true,
    max: 500,
  })
  reason?: string;
}

export class RevocationTargetDocument {
  @ChoiceField({ description: 'What it is.', example: 'token_family', of: TARGETS })
  type: string;

  @TextField({ description: 'Its id.', example: FAMILY })
  id: string;
}

/** What was revoked. */
export class RevocationDocument {
  @ObjectField(() => RevocationTargetDocument, { description: 'What is dead now.' })
  target: RevocationTargetDocument;

  @TextField({
    description: 'The one client at which it is, where that is part of it.',
    example: 'shop',
    optional: true,
  })
  client_id?: string;

  @BooleanField({
    description: 'Whether this ended something; false when all of it was dead already.',
    example: true,
  })
  revoked: boolean;
}
