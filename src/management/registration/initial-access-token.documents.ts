import {
  BooleanField,
  LimitField,
  ObjectListField,
  TextField,
  TextListField,
  TimeField,
  UuidField,
  WholeNumberField,
} from '../http/fields.js';

const YEAR = 31_536_000;
const MAX_REGISTRATIONS = 10_000;

/** What an initial access token is to allow. */
export class NewInitialAccessTokenDocument {
  @WholeNumberField({
    description: 'Seconds until it expires, a day unless said otherwise.',
    example: 86_400,
    optional: true,
    min: 1,
    max: YEAR,
  })
  expires_in?: number;

  @WholeNumberField({
    description: 'How many clients may be registered with it, one unless said otherwise.',
    example: 5,
    optional: true,
    min: 1,
    max: MAX_REGISTRATIONS,
  })
  max_registrations?: number;

  @TextListField({
    description: 'Scopes that a client may register itself for; none that this server itself obeys.',
    example: ['read', 'write'],
    optional: true,
    max: 255,
  })
  scopes?: string[];
}

/** An initial access token, without the token. */
export class InitialAccessTokenDocument {
  @UuidField({ description: 'Its id.', example: '0198d3a4-77a2-7b61-9a51-0c1f6a5b7e21' })
  id: string;

  @TextListField({ description: 'Scopes that a client may register itself for.', example: ['read', 'write'] })
  scopes: string[];

  @WholeNumberField({
    description: 'How many clients may be registered with it.',
    example: 5,
    min: 1,
    max: MAX_REGISTRATIONS,
  })
  max_registrations: number;

  @WholeNumberField({ description: 'How many were.', example: 2, min: 0, max: MAX_REGISTRATIONS })
  registrations: number;

  @BooleanField({ description: 'Whether one more may be.', example: true })
  usable: boolean;

  @TimeField({ description: 'When it was made.', example: '2026-03-01T09:30:00.000Z' })
  created_at: string;

  @TimeField({ description: 'When it expires.', example: '2026-03-02T09:30:00.000Z' })
  expires_at: string;

  @TimeField({ description: 'When it was revoked.', example: '2026-03-01T10:00:00.000Z', optional: true })
  revoked_at?: string;
}

/** An initial access token with the token, which is not to be had again. */
export class CreatedInitialAccessTokenDocument extends InitialAccessTokenDocument {
  @TextField({
    description: 'The token. It is not shown again.',
    example: 'rgi_AZjTpHeie2GaUQwfaltl4b2dmfJvTTs7TKqCrb3Zr26dmTTs7TKqCrb3Zr26dmfJ',
  })
  initial_access_token: string;
}

/** Initial access tokens of a page. */
export class InitialAccessTokenPageDocument {
  @ObjectListField(() => InitialAccessTokenDocument, { description: 'Newest first.' })
  items: InitialAccessTokenDocument[];

  @TextField({ description: 'Where the next page begins.', example: 'MDE5OGQzYTQ', optional: true })
  next_cursor?: string;
}

/** Which initial access tokens are listed. */
export class InitialAccessTokenQuery {
  @LimitField()
  limit?: number;

  @TextField({ description: 'The `next_cursor` of the page before.', example: 'MDE5OGQzYTQ', optional: true })
  cursor?: string;
}
