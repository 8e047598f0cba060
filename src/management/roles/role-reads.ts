import { Injectable } from '@nestjs/common';
import { ProblemError } from '../../http/problem.js';
import { type Role } from '../../roles/role.js';
import { RoleRepository } from '../../roles/role.repository.js';
import { UserRepository } from '../../users/user.repository.js';
import { decodeCursor, type Page, toPage } from '../http/page.js';
import { type StoredRoleDocument, type UserRolesDocument } from './role.documents.js';

const DEFAULT_LIMIT = 50;

/** Shows roles, and who has which. */
@Injectable()
export class RoleReads {
  constructor(
    private readonly roles: RoleRepository,
    private readonly users: UserRepository,
  ) {}

  /** @throws ProblemError 404 */
  async find(name: string): Promise<StoredRoleDocument> {
    const role = await this.roles.findByName(name);
    if (!role) throw ProblemError.notFound('role');
    return storedRole(role);
  }

  /** @throws ProblemError 422 for a cursor that is none */
  async list(cursor: string | undefined, limit = DEFAULT_LIMIT): Promise<Page<StoredRoleDocument>> {
    const rows = await this.roles.list(decodeCursor(cursor) ?? '', limit + 1);
    return toPage(rows, limit, ({ name }) => name, storedRole);
  }

  /** @throws ProblemError 404 */
  async ofUser(userId: string): Promise<UserRolesDocument> {
    if (!(await this.users.findById(userId))) throw ProblemError.notFound('user');
    return { roles: await this.roles.namesOfUser(userId) };
  }
}

/** A role as the management API shows it. */
export function storedRole({ name, description, scopes, created_at, updated_at }: Role): StoredRoleDocument {
  return {
    name,
    ...(description !== '' && { description }),
    scopes: [...scopes],
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
  };
}
