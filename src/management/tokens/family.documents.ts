import { ApiProperty } from '@nestjs/swagger';
import { FAMILY_STATUSES, type FamilyEnd, type FamilyStatus } from '../../tokens/families/listed-family.js';
import { AuditEntryDocument } from '../audit/audit.documents.js';
import {
  BooleanField,
  ChoiceField,
  LimitField,
  ObjectListField,
  TextField,
  TextListField,
  TimeField,
  UuidField,
  WholeNumberField,
} from '../http/fields.js';

const ENDS = [
  'all_tokens_revoked',
  'client_deleted',
  'client_disabled',
  'client_tokens_revoked',
  'user_deleted',
  'user_disabled',
  'user_tokens_revoked',
];
const FAMILY = '0198d3a4-77a2-7b61-9a51-0c1f6a5b7e21';
const USER = '0198d3a2-1f0c-7c11-8a3e-5d2b7c9e0f41';
const JKT = 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs';

/** A token family: one session of a user at a client. Times of RFC 3339. */
export class FamilyDocument {
  @UuidField({ description: 'Its id, the `sid` of its access tokens.', example: FAMILY })
  family_id: string;

  @UuidField({ description: 'Whose it is.', example: USER })
  user_id: string;

  @TextField({ description: 'Their name; left out when they are gone.', example: 'john', optional: true })
  username?: string;

  @TextField({ description: 'The client that it was granted to.', example: 'shop' })
  client_id: string;

  @TextField({ description: 'Its name; left out when it is gone.', example: 'Shop', optional: true })
  client_name?: string;

  @TextField({ description: 'Scopes granted.', example: 'read write', min: 0 })
  scope: string;

  @TextListField({ description: 'Resources granted (RFC 8707).', example: ['https://api.example'] })
  audiences: string[];

  @ChoiceField({
    description:
      'What it is good for now. `revoked` by itself, or `ended` by what became of its client, its user or everybody’s tokens.',
    example: 'live',
    of: FAMILY_STATUSES,
  })
  status: FamilyStatus;

  @ChoiceField({
    description: 'What ended all such families, whether or not this one was also revoked or has expired.',
    example: 'client_disabled',
    optional: true,
    of: ENDS,
  })
  ended_by?: FamilyEnd;

  @TimeField({ description: 'When it began.', example: '2026-03-01T09:30:00.000Z' })
  issued_at: string;

  @WholeNumberField({ description: 'How often it was refreshed.', example: 7, min: 0, max: 2 ** 31 - 1 })
  rotations: number;

  @TimeField({ description: 'When last.', example: '2026-03-01T10:30:00.000Z', optional: true })
  rotated_at?: string;

  @TimeField({
    description: 'When it was used last; to the hour where its client does not rotate.',
    example: '2026-03-01T10:30:00.000Z',
    optional: true,
  })
  last_used_at?: string;

  @TimeField({
    description: 'When it ends unless it is refreshed, or ends for good.',
    example: '2026-03-02T10:30:00.000Z',
  })
  expires_at: string;

  @TimeField({ description: 'When it was revoked.', example: '2026-03-01T11:00:00.000Z', optional: true })
  revoked_at?: string;

  @TextField({ description: 'Why.', example: 'replay', optional: true })
  revocation_reason?: string;

  @TimeField({ description: 'When the user signed in.', example: '2026-03-01T09:30:00.000Z' })
  authenticated_at: string;

  @TextListField({ description: 'How (RFC 8176).', example: ['pwd'] })
  amr: string[];

  @TextField({ description: 'How strongly.', example: 'urn:mace:incommon:iap:silver', optional: true })
  acr?: string;

  @TextField({
    description: 'Thumbprint of the DPoP key that its refresh token is bound to (RFC 9449).',
    example: JKT,
    optional: true,
  })
  dpop_jkt?: string;

  @WholeNumberField({
    description: 'How often it had been refreshed when it was bound.',
    example: 0,
    optional: true,
    min: 0,
    max: 2 ** 31 - 1,
  })
  bound_at_rotation?: number;

  @UuidField({
    description: 'The browser session that it began in; left out where there was none.',
    example: '0198d3a4-1b2c-7d3e-8f40-5162738495a6',
    optional: true,
  })
  browser_session_id?: string;

  @BooleanField({
    description: 'Whether it goes on when the user signs out of that session (`offline_access`).',
    example: false,
  })
  offline: boolean;

  @TextField({
    description: 'What the user signed in with, as it calls itself.',
    example: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    optional: true,
  })
  user_agent?: string;

  @TextField({ description: 'Where the user signed in from.', example: '198.51.100.7', optional: true })
  signed_in_address?: string;

  @TextField({
    description: 'Where it was refreshed from last; to the hour where its client does not rotate.',
    example: '198.51.100.7',
    optional: true,
  })
  last_used_address?: string;
}

/** Families of a page. */
export class FamilyPageDocument {
  @ObjectListField(() => FamilyDocument, { description: 'Newest first.' })
  items: FamilyDocument[];

  @TextField({
    description: 'Where the next page begins. A page may be short, or empty, and yet not the last.',
    example: 'MDE5OGQzYTQtNzdhMi03YjYxLTlhNTEtMGMxZjZhNWI3ZTIx',
    optional: true,
  })
  next_cursor?: string;
}

/** Which families are listed; all that is given must hold. */
export class FamilyQuery {
  @LimitField()
  limit?: number;

  @TextField({ description: 'The `next_cursor` of the page before.', example: 'MDE5OA', optional: true })
  cursor?: string;

  @UuidField({ description: 'Of a user.', example: USER, optional: true })
  user_id?: string;

  @TextField({ description: 'Of a client.', example: 'shop', optional: true, max: 255 })
  client_id?: string;

  @ChoiceField({ description: 'In a state.', example: 'live', optional: true, of: FAMILY_STATUSES })
  status?: FamilyStatus;

  @TimeField({ description: 'Begun then or later.', example: '2026-03-01T00:00:00Z', optional: true })
  issued_after?: string;

  @TimeField({ description: 'Begun before then.', example: '2026-04-01T00:00:00Z', optional: true })
  issued_before?: string;
}

/** A revocation that hit the family, as its event tells of it. */
export class PastRevocationDocument {
  @UuidField({ description: 'Id of the event.', example: '0198d3f0-2b1d-7e52-b6a4-8f0c3d9e1a72' })
  id: string;

  @TextField({ description: 'What was revoked.', example: 'token-family-revoked' })
  type: string;

  @TextField({ description: 'Why.', example: 'replay' })
  reason: string;

  @ChoiceField({ description: 'By whom.', example: 'system', of: ['admin', 'user', 'policy', 'system'] })
  initiating_entity: string;

  @TimeField({ description: 'When.', example: '2026-03-01T11:00:00.000Z' })
  occurred_at: string;
}

/** A family and all that is known of it. */
export class FamilyStoryDocument extends FamilyDocument {
  @TimeField({
    description: 'When a token of it was used a second time, outside grace: somebody has a copy.',
    example: '2026-03-01T11:00:00.000Z',
    optional: true,
  })
  replayed_at?: string;

  @ObjectListField(() => PastRevocationDocument, {
    description: 'Revocations since it began that hit it, newest first, as long as events are kept.',
  })
  revocations: PastRevocationDocument[];

  @ApiProperty({
    type: () => AuditEntryDocument,
    isArray: true,
    required: false,
    description:
      'What the audit log has of it since it began, and of its user and its client: up to 50 each, newest first. For callers with the scope `audit:read`.',
  })
  audit_entries?: object[];
}
