import { PartialType } from '@nestjs/swagger';
import { ArrayNotEmpty, Matches } from 'class-validator';
import { ALL_MANAGEMENT_SCOPES } from '../../roles/management-scopes.js';
import { ChoiceListField, ObjectListField, TextField, TextListField, TimeField } from '../http/fields.js';

const SUPPORT = ['users:read', 'tokens:read', 'tokens:revoke'];

/** What a role lets its holders do. */
export class RoleDocument {
  @TextField({ description: 'What it is for.', example: 'Helps people who are signed in', optional: true })
  description?: string;

  @ChoiceListField({
    description: 'Scopes of the management API that people with the role get.',
    example: SUPPORT,
    of: ALL_MANAGEMENT_SCOPES,
  })
  @ArrayNotEmpty({ message: 'must have one scope at least' })
  scopes: string[];
}

/** What of it is to change. */
export class RolePatchDocument extends PartialType(RoleDocument) {}

/** A role to be created. */
export class NewRoleDocument extends RoleDocument {
  @TextField({ description: 'Lower case letters, digits, _ and -.', example: 'support-lead', max: 63 })
  @Matches(/^[a-z][a-z0-9_-]*$/, { message: 'must be a lower case letter, then letters, digits, _ and -' })
  name: string;
}

/** A role as it is. */
export class StoredRoleDocument extends RoleDocument {
  @TextField({ description: 'What it is called.', example: 'support-lead' })
  name: string;

  @TimeField({ description: 'When it was created.', example: '2026-03-01T09:30:00.000Z' })
  created_at: string;

  @TimeField({ description: 'When it was changed last.', example: '2026-03-01T09:30:00.000Z' })
  updated_at: string;
}

export class RolePageDocument {
  @ObjectListField(() => StoredRoleDocument, { description: 'The roles, by name.' })
  items: StoredRoleDocument[];

  @TextField({
    description: 'Where the next page begins; left out on the last page.',
    example: 'c3VwcG9ydA',
    optional: true,
  })
  next_cursor?: string;
}

/** The roles that a user has. */
export class UserRolesDocument {
  @TextListField({ description: 'Names of roles; none takes all away.', example: ['support'], max: 63 })
  roles: string[];
}
