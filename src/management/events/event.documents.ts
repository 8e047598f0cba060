import {
  ChoiceField,
  LimitField,
  ObjectListField,
  TextField,
  TimeField,
  UuidField,
  WholeNumberField,
} from '../http/fields.js';

const COUNT = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;
const CURSOR = '7731-42';
const FAMILY = '0198d3a4-77a2-7b61-9a51-0c1f6a5b7e21';
const KID = 'oV4cT8GzB1mYp0h0qJk0m9Jm0m0f1b0mXb7m3o2c1aE';
const USER = '0198d3a4-1111-7b61-9a51-0c1f6a5b7e21';

/** A revocation as the outbox has it. */
export class EventDocument {
  @UuidField({ description: 'Its id, by which a reader knows a repeat.', example: FAMILY })
  id: string;

  @TextField({ description: 'Where it is in the outbox; a reader resumes after it.', example: CURSOR })
  cursor: string;

  @TextField({ description: 'What happened.', example: 'token-family-revoked' })
  type: string;

  @TimeField({ description: 'When.', example: '2026-03-01T09:30:00.000Z' })
  occurred_at: string;

  @TextField({ description: 'Why.', example: 'admin_request' })
  reason: string;

  @ChoiceField({
    description: 'Who set it off.',
    example: 'admin',
    of: ['admin', 'user', 'policy', 'system'],
  })
  initiating_entity: string;

  @TextField({ description: 'The user.', example: USER, optional: true })
  sub?: string;

  @UuidField({ description: 'The session, which is the token family.', example: FAMILY, optional: true })
  sid?: string;

  @TextField({ description: 'The client.', example: 'shop', optional: true })
  client_id?: string;

  @TextField({ description: 'The access token.', example: FAMILY, optional: true })
  jti?: string;

  @TextField({ description: 'The key.', example: KID, optional: true })
  kid?: string;
}

export class EventPageDocument {
  @ObjectListField(() => EventDocument, {
    description: 'Newest first; a page may have fewer than asked for.',
  })
  items: EventDocument[];

  @TextField({ description: 'Where the next page begins.', example: 'NDI', optional: true })
  next_cursor?: string;
}

/** Which events are wanted; all that is given must hold. */
export class EventQuery {
  @LimitField()
  limit?: number;

  @TextField({ description: 'The `next_cursor` of the page before.', example: 'NDI', optional: true })
  cursor?: string;

  @TextField({ description: 'What happened.', example: 'token-family-revoked', optional: true })
  type?: string;

  @TextField({ description: 'The user.', example: USER, optional: true })
  sub?: string;

  @UuidField({ description: 'The session.', example: FAMILY, optional: true })
  sid?: string;

  @TextField({ description: 'The client.', example: 'shop', optional: true })
  client_id?: string;

  @TimeField({ description: 'Not before.', example: '2026-03-01T00:00:00Z', optional: true })
  after?: string;

  @TimeField({ description: 'Before.', example: '2026-04-01T00:00:00Z', optional: true })
  before?: string;
}

/** How far one way of delivering events is. */
export class EventSinkDocument {
  @ChoiceField({
    description: 'Which way.',
    example: 'redis_stream',
    of: ['redis_stream', 'server_sent_events'],
  })
  name: string;

  @ChoiceField({
    description: 'Whether it delivers, waits for something, or is switched off.',
    example: 'delivering',
    of: ['off', 'delivering', 'waiting'],
  })
  state: string;

  @TextField({ description: 'The last event that it has.', example: CURSOR, optional: true })
  cursor?: string;

  @WholeNumberField({
    description: 'Events that it has not, counted up to 10,000.',
    example: 0,
    optional: true,
    ...COUNT,
  })
  events_behind?: number;

  @WholeNumberField({
    description: 'Seconds since the first of them occurred.',
    example: 0,
    optional: true,
    ...COUNT,
  })
  seconds_behind?: number;

  @WholeNumberField({
    description: 'Who reads it, from the replica that answers.',
    example: 3,
    optional: true,
    ...COUNT,
  })
  readers?: number;

  @TextField({ description: 'What it waits for.', example: 'Redis does not answer', optional: true })
  failure?: string;
}

export class EventSinksDocument {
  @ObjectListField(() => EventSinkDocument, { description: 'Each way of delivering events.' })
  items: EventSinkDocument[];
}

/** A stream of the Shared Signals Framework, and how far its receiver is. */
export class EventStreamDocument {
  @UuidField({ description: 'Its id.', example: FAMILY })
  stream_id: string;

  @TextField({ description: 'Its receiver.', example: 'partner' })
  client_id: string;

  @TextField({
    description: 'What the receiver says of it.',
    example: 'Sessions of our users',
    optional: true,
  })
  description?: string;

  @ChoiceField({ description: 'How it is delivered.', example: 'push', of: ['push', 'poll'] })
  delivery: string;

  @ChoiceField({ description: 'Its status.', example: 'enabled', of: ['enabled', 'paused', 'disabled'] })
  status: string;

  @TextField({ description: 'Why it has that status.', example: 'maintenance', optional: true })
  status_reason?: string;

  @TextField({ description: 'All events up to here are done with.', example: CURSOR })
  cursor: string;

  @WholeNumberField({
    description: 'Events after that, wanted or not, counted up to 10,000.',
    example: 0,
    ...COUNT,
  })
  events_behind: number;

  @WholeNumberField({ description: 'Seconds since the first of them occurred.', example: 0, ...COUNT })
  seconds_behind: number;

  @WholeNumberField({ description: 'Events that the receiver could not take.', example: 0, ...COUNT })
  rejections: number;

  @WholeNumberField({ description: 'Attempts to push that failed in a row.', example: 0, ...COUNT })
  failures: number;

  @TextField({ description: 'Why the last one failed.', example: 'answered 500', optional: true })
  last_failure?: string;

  @TimeField({ description: 'When it failed.', example: '2026-03-01T09:30:00.000Z', optional: true })
  last_failure_at?: string;
}

export class EventStreamPageDocument {
  @ObjectListField(() => EventStreamDocument, { description: 'In the order of their ids.' })
  items: EventStreamDocument[];

  @TextField({ description: 'Where the next page begins.', example: 'NDI', optional: true })
  next_cursor?: string;
}

export class PageQuery {
  @LimitField()
  limit?: number;

  @TextField({ description: 'The `next_cursor` of the page before.', example: 'NDI', optional: true })
  cursor?: string;
}

/** What a receiver could not take. */
export class RejectionDocument {
  @TextField({ description: 'The Security Event Token.', example: FAMILY })
  jti: string;

  @TextField({ description: 'The error, in the names of RFC 8935.', example: 'invalid_audience' })
  error: string;

  @TextField({ description: 'What the receiver says of it.', example: 'not ours', optional: true })
  description?: string;

  @TimeField({ description: 'When it said so.', example: '2026-03-01T09:30:00.000Z' })
  received_at: string;
}

export class RejectionPageDocument {
  @ObjectListField(() => RejectionDocument, { description: 'In the order of their ids.' })
  items: RejectionDocument[];

  @TextField({ description: 'Where the next page begins.', example: 'NDI', optional: true })
  next_cursor?: string;
}

/** From where on events are to be delivered again. */
export class RedeliveryRequest {
  @TimeField({ description: 'Events that occurred then or later.', example: '2026-03-01T09:00:00Z' })
  since: string;

  @TextField({ description: 'Why, for the audit log.', example: 'the receiver lost them', optional: true })
  reason?: string;
}

/** The same for readers of the Redis stream. */
export class GroupRedeliveryRequest extends RedeliveryRequest {
  @TextField({ description: 'The consumer group.', example: 'billing', max: 255 })
  group: string;
}

export class RedeliveryDocument {
  @TextField({ description: 'Every event after this one is delivered again.', example: CURSOR })
  cursor: string;

  @WholeNumberField({ description: 'Events after it, counted up to 10,000.', example: 12, ...COUNT })
  events: number;
}
