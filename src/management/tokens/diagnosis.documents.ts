import { ApiProperty } from '@nestjs/swagger';
import { type ExplainedCheck } from '../../tokens/explained-check.js';
import {
  BooleanField,
  ChoiceField,
  FreeObjectField,
  ObjectField,
  ObjectListField,
  TextField,
  TextListField,
  WholeNumberField,
} from '../http/fields.js';
import { FamilyDocument, PastRevocationDocument } from './family.documents.js';

const MAX_TOKEN = 16_384;

/** A token, and the request that it was refused in, as far as that is known. */
export class NewDiagnosisDocument {
  @TextField({
    description: 'The refresh or access token. It is neither kept nor written to any log.',
    example: 'rgr_AQGY06R3ontbYZpRDB9qW34hAAAAAA…',
    max: MAX_TOKEN,
  })
  token: string;

  @TextField({
    description: 'The client that presented it; the one that it was issued to where left out.',
    example: 'shop',
    optional: true,
    max: 255,
  })
  client_id?: string;

  @TextField({
    description: 'The scope that was asked for; all that was granted where left out.',
    example: 'read',
    optional: true,
    max: 8_192,
  })
  scope?: string;

  @TextListField({
    description: 'The resources that were asked for; all that were granted where left out.',
    example: ['https://api.example'],
    optional: true,
  })
  resource?: string[];

  @TextField({
    description:
      'Thumbprint of the key of the DPoP proof, empty for a request without one; the right key where left out.',
    example: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
    optional: true,
    min: 0,
    max: 255,
  })
  dpop_jkt?: string;
}

/** One check of the token, in the order in which they are made. */
export class CheckDocument implements ExplainedCheck {
  @TextField({ description: 'Its name, as the journal of refusals has it.', example: 'replayed' })
  check: string;

  @BooleanField({ description: 'How it came out.', example: false })
  passed: boolean;

  @TextField({
    description: 'What it looked at.',
    example: '3 generations behind, rotated 4711 s ago, grace 10 s',
  })
  found: string;

  @TextField({ description: 'What makes it pass.', example: 'the newest token of the family' })
  needed: string;
}

/** What would become of the token if it were presented now. Nothing was spent or ended by asking. */
export class DiagnosisDocument {
  @ChoiceField({
    description: 'What it was taken for.',
    example: 'refresh_token',
    of: ['refresh_token', 'access_token'],
  })
  kind: 'refresh_token' | 'access_token';

  @BooleanField({ description: 'Whether it would be accepted.', example: false })
  accepted: boolean;

  @TextField({
    description:
      'The first check that fails. Of a refresh token that is accepted: current, or predecessor for a retry inside grace; of an access token: active, or inactive.',
    example: 'replayed',
  })
  verdict: string;

  @ObjectListField(() => CheckDocument, { description: 'Every check, in order.' })
  checks: CheckDocument[];

  @ObjectField(() => FamilyDocument, { description: 'The family that it is of.', optional: true })
  family?: FamilyDocument;

  @WholeNumberField({
    description: 'Of a refresh token: how many came before it in its family.',
    example: 4,
    optional: true,
    min: 0,
    max: 2 ** 31 - 1,
  })
  generation?: number;

  @FreeObjectField({
    description: 'Of an access token that one of our keys made: its claims.',
    example: { client_id: 'shop', scope: 'read', exp: 1772357400 },
    optional: true,
  })
  claims?: object;

  @ApiProperty({
    type: () => PastRevocationDocument,
    isArray: true,
    description: 'Revocations since it was issued that hit it, newest first.',
  })
  revocations: PastRevocationDocument[];
}
