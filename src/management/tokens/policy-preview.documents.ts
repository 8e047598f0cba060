import { ApiProperty } from '@nestjs/swagger';
import {
  BooleanField,
  FreeObjectField,
  ObjectListField,
  TextField,
  TextListField,
  WholeNumberField,
} from '../http/fields.js';

const COUNT = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;
const VALUE = { oneOf: [{ type: 'boolean' }, { type: 'number' }, { type: 'string' }] };

/** A change of the token policy that is not made. */
export class NewPolicyPreviewDocument {
  @TextField({
    description: 'Of a client’s own policy; of the server’s defaults where left out.',
    example: 'shop',
    optional: true,
    max: 255,
  })
  client_id?: string;

  @FreeObjectField({
    description:
      'The change, a JSON merge patch of the token policy: `null` takes a setting of the client’s own away.',
    example: { absolute_lifetime: 2_592_000 },
  })
  token_policy: object;
}

/** A setting in force that would be another. */
export class SettingChangeDocument {
  @TextField({ description: 'Its name.', example: 'absolute_lifetime' })
  setting: string;

  @ApiProperty({ description: 'In force now.', example: 0, ...VALUE })
  before: boolean | number | string;

  @ApiProperty({ description: 'In force then.', example: 2_592_000, ...VALUE })
  after: boolean | number | string;
}

/** A client for which something would change. */
export class ClientPreviewDocument {
  @TextField({ description: 'Its id.', example: 'shop' })
  client_id: string;

  @TextField({ description: 'Its name.', example: 'Shop' })
  client_name: string;

  @ObjectListField(() => SettingChangeDocument, { description: 'What changes in what is in force.' })
  changes: SettingChangeDocument[];

  @TextListField({
    description: 'What the change would make wrong.',
    example: ['token_policy/rotation must be on for a public client whose tokens no DPoP key binds'],
  })
  problems: string[];

  @WholeNumberField({ description: 'Live families that it has.', example: 1_204, ...COUNT })
  live_families: number;

  @WholeNumberField({
    description: 'Those that would end at once, being older than the absolute lifetime.',
    example: 17,
    ...COUNT,
  })
  would_end: number;

  @BooleanField({
    description: 'Whether there may be more: only so many of its newest families were looked at.',
    example: false,
  })
  at_least: boolean;
}

/** What the change would change for whom. */
export class PolicyPreviewDocument {
  @WholeNumberField({ description: 'Clients for which something changes.', example: 1, ...COUNT })
  clients_changed: number;

  @ObjectListField(() => ClientPreviewDocument, {
    description: 'Those, up to 50; the ones with problems first.',
  })
  clients: ClientPreviewDocument[];
}
