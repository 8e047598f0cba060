import { ApiProperty } from '@nestjs/swagger';
import { type Actor, type AuditDocument, type AuditTarget } from '../../audit/audit-entry.js';
import { type AuditVerification } from '../../audit/audit-verifier.js';
import {
  BooleanField,
  ChoiceField,
  FreeObjectField,
  LimitField,
  ObjectField,
  ObjectListField,
  TextField,
  TimeField,
  WholeNumberField,
} from '../http/fields.js';

const SEQUENCE = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;
const MAC = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

export class ActorDocument implements Actor {
  @ChoiceField({
    description: 'What the actor is.',
    example: 'client',
    of: ['client', 'user', 'operator', 'initial_access_token', 'system'],
  })
  type: Actor['type'];

  @TextField({ description: 'Its id.', example: 'admin' })
  id: string;
}

export class AuditTargetDocument implements AuditTarget {
  @TextField({ description: 'What the target is.', example: 'client' })
  type: string;

  @TextField({ description: 'Its id.', example: 'shop' })
  id: string;
}

/** Something that was done, or that someone should look at. */
export class AuditEntryDocument implements AuditDocument {
  @WholeNumberField({ description: 'Its place in the log.', example: 42, ...SEQUENCE })
  sequence: number;

  @TimeField({ description: 'When.', example: '2026-03-01T09:30:00.000Z' })
  occurred_at: string;

  @ObjectField(() => ActorDocument, { description: 'Who did it.' })
  actor: ActorDocument;

  @TextField({ description: 'What was done.', example: 'client.created' })
  action: string;

  @ObjectField(() => AuditTargetDocument, { description: 'What it was done to.', optional: true })
  target?: AuditTargetDocument;

  @TextField({
    description: 'Of the request that did it.',
    example: '9c858901-8a57-4791-81fe-4c455b099bc9',
    optional: true,
  })
  request_id?: string;

  @TextField({ description: 'In the words of the actor.', example: 'contract ended', optional: true })
  reason?: string;

  @FreeObjectField({ description: 'The target before.', example: { enabled: true }, optional: true })
  before?: object;

  @FreeObjectField({ description: 'The target after.', example: { enabled: false }, optional: true })
  after?: object;

  @FreeObjectField({ description: 'What else belongs to it.', example: {}, optional: true })
  details?: object;
}

export class AuditPageDocument {
  @ObjectListField(() => AuditEntryDocument, { description: 'Newest first.' })
  items: AuditEntryDocument[];

  @TextField({ description: 'Where the next page begins.', example: 'NDI', optional: true })
  next_cursor?: string;
}

/** Which entries are wanted; all that is given must hold. */
export class AuditSearch {
  @TextField({ description: 'Id of the actor.', example: 'admin', optional: true })
  actor?: string;

  @TextField({ description: 'What was done.', example: 'client.created', optional: true })
  action?: string;

  @TextField({ description: 'What the target is.', example: 'client', optional: true })
  target_type?: string;

  @TextField({ description: 'Id of the target.', example: 'shop', optional: true })
  target?: string;

  @TextField({ description: 'Of the request that did it.', example: 'req-12345678', optional: true })
  request_id?: string;

  @TimeField({ description: 'Not before.', example: '2026-03-01T00:00:00Z', optional: true })
  after?: string;

  @TimeField({ description: 'Before.', example: '2026-04-01T00:00:00Z', optional: true })
  before?: string;
}

export class AuditQuery extends AuditSearch {
  @LimitField()
  limit?: number;

  @TextField({ description: 'The `next_cursor` of the page before.', example: 'NDI', optional: true })
  cursor?: string;
}

/** A link of the chain, kept outside: it shows later that nothing before it was changed or cut off. */
export class AnchorDocument {
  @WholeNumberField({ description: 'Its place in the log.', example: 42, ...SEQUENCE })
  sequence: number;

  @TextField({ description: 'Its MAC, in hexadecimal.', example: MAC, min: 0, max: 64 })
  mac: string;
}

/** What to verify the log against. */
export class VerificationRequest {
  @ObjectField(() => AnchorDocument, {
    description: 'The `head` of an earlier verification.',
    optional: true,
  })
  anchor?: AnchorDocument;
}

export class BrokenLinkDocument {
  @WholeNumberField({ description: 'The first entry that does not hold.', example: 17, ...SEQUENCE })
  sequence: number;

  @ChoiceField({
    description: 'Why.',
    example: 'changed_entry',
    of: ['missing_entry', 'unknown_key', 'changed_entry', 'cut_off', 'anchor_differs'],
  })
  problem: NonNullable<AuditVerification['broken']>['problem'];
}

/** What a verification found. */
export class VerificationDocument implements AuditVerification {
  @BooleanField({
    description: 'Whether every entry is as it was written, and none is missing.',
    example: true,
  })
  intact: boolean;

  @WholeNumberField({ description: 'Entries that hold.', example: 42, ...SEQUENCE })
  verified: number;

  @ApiProperty({ type: () => AnchorDocument, description: 'The last link: keep it elsewhere.' })
  head: AnchorDocument;

  @ObjectField(() => BrokenLinkDocument, { description: 'What does not hold.', optional: true })
  broken?: BrokenLinkDocument;
}
