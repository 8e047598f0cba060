import {
  LimitField,
  ObjectListField,
  TextField,
  TimeField,
  UuidField,
  WholeNumberField,
} from '../http/fields.js';

const REQUEST = '9c858901-8a57-4791-81fe-4c455b099bc9';
const FAMILY = '0198d3a4-77a2-7b61-9a51-0c1f6a5b7e21';

/** A request to an OAuth endpoint that was refused. */
export class RefusalDocument {
  @TextField({ description: 'Of the request, as its answer’s `X-Request-Id` had it.', example: REQUEST })
  request_id: string;

  @TimeField({ description: 'When.', example: '2026-03-01T11:00:00.000Z' })
  occurred_at: string;

  @TextField({ description: 'The endpoint.', example: '/oauth2/token' })
  path: string;

  @WholeNumberField({ description: 'Status of the answer.', example: 400, min: 400, max: 499 })
  status: number;

  @TextField({ description: 'The error that the client was told.', example: 'invalid_grant' })
  error: string;

  @TextField({ description: 'What else it was told.', example: 'the refresh token is not valid', min: 0 })
  error_description: string;

  @TextField({
    description: 'The check that failed, which the client was not told.',
    example: 'wrong_client',
    optional: true,
  })
  check?: string;

  @TextField({
    description: 'What would have made it pass.',
    example: 'a request by the client that the token was issued to',
    optional: true,
  })
  needed?: string;

  @TextField({ description: 'The client, where it is registered.', example: 'shop', optional: true })
  client_id?: string;

  @UuidField({ description: 'The family of a genuine token.', example: FAMILY, optional: true })
  family_id?: string;

  @TextField({ description: 'The grant.', example: 'refresh_token', optional: true })
  grant_type?: string;
}

/** Refusals of a page. */
export class RefusalPageDocument {
  @ObjectListField(() => RefusalDocument, { description: 'Newest first.' })
  items: RefusalDocument[];

  @TextField({ description: 'Where the next page begins.', example: 'MDE5OGQzYTQ', optional: true })
  next_cursor?: string;
}

/** Which refusals are listed; all that is given must hold. */
export class RefusalQuery {
  @LimitField()
  limit?: number;

  @TextField({ description: 'The `next_cursor` of the page before.', example: 'MDE5OGQzYTQ', optional: true })
  cursor?: string;

  @TextField({ description: 'Of one request.', example: REQUEST, optional: true, max: 64 })
  request_id?: string;

  @TextField({ description: 'Of a client.', example: 'shop', optional: true, max: 255 })
  client_id?: string;

  @UuidField({ description: 'Of a family.', example: FAMILY, optional: true })
  family_id?: string;
}
