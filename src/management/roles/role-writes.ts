import { Injectable } from '@nestjs/common';
import { type Transaction } from '../../database/sql-session.js';
import { ProblemError } from '../../http/problem.js';
import { type Role } from '../../roles/role.js';
import { RoleRepository } from '../../roles/role.repository.js';
import { mergePatch } from '../http/body.js';
import { type Caller } from '../http/caller.js';
import { parseDocument } from '../http/document.pipe.js';
import { requireMatch } from '../http/etag.js';
import { Idempotency, type RepeatableRequest } from '../http/idempotency.js';
import { ManagementWrites } from '../http/management-writes.js';
import { requireWithinReach } from '../http/reach.js';
import { type NewRoleDocument, RoleDocument, type StoredRoleDocument } from './role.documents.js';
import { storedRole } from './role-reads.js';

/** Creates, changes and deletes roles, each with its audit entry. */
@Injectable()
export class RoleWrites {
  constructor(
    private readonly writes: ManagementWrites,
    private readonly idempotency: Idempotency,
    private readonly roles: RoleRepository,
  ) {}

  /** @throws ProblemError 403, 409 where the name is taken */
  create(
    caller: Caller,
    request: RepeatableRequest,
    { name, description = '', scopes }: NewRoleDocument,
  ): Promise<StoredRoleDocument> {
    requireWithinReach(caller, 'the role', scopes);
    return this.writes.run(caller, (write) =>
      this.idempotency.once(write.transaction, caller, request, async () => {
        const isNew = await this.roles.insert(write.transaction, { name, description, scopes });
        if (!isNew) throw ProblemError.conflict(`there is a role ${name} already`);
        const after = storedRole(await this.lock(write.transaction, name));
        write.audit({ action: 'role.created', target: { type: 'role', id: name }, after });
        return after;
      }),
    );
  }

  /** @throws ProblemError 403, 404, 412, 422 */
  patch(caller: Caller, name: string, ifMatch: string, patch: object): Promise<StoredRoleDocument> {
    return this.writes.run(caller, async ({ transaction, audit }) => {
      const role = await this.lockFor(caller, transaction, name);
      const before = storedRole(role);
      requireMatch(ifMatch, before);
      const { description = '', scopes } = parseDocument(RoleDocument, merged(role, patch));
      requireWithinReach(caller, 'the role', scopes);
      await this.roles.update(transaction, { name, description, scopes });
      const after = storedRole(await this.lock(transaction, name));
      audit({ action: 'role.changed', target: { type: 'role', id: name }, before, after });
      return after;
    });
  }

  /** @throws ProblemError 403, 404, 412 */
  delete(caller: Caller, name: string, ifMatch: string): Promise<void> {
    return this.writes.run(caller, async ({ transaction, audit }) => {
      const before = storedRole(await this.lockFor(caller, transaction, name));
      requireMatch(ifMatch, before);
      await this.roles.delete(transaction, name);
      audit({ action: 'role.deleted', target: { type: 'role', id: name }, before });
    });
  }

  private async lockFor(caller: Caller, transaction: Transaction, name: string): Promise<Role> {
    const role = await this.lock(transaction, name);
    requireWithinReach(caller, 'the role', role.scopes);
    return role;
  }

  private async lock(transaction: Transaction, name: string): Promise<Role> {
    const role = await this.roles.lockByName(transaction, name);
    if (!role) throw ProblemError.notFound('role');
    return role;
  }
}

function merged({ description, scopes }: Role, patch: object): object {
  return mergePatch({ ...(description !== '' && { description }), scopes }, patch) as object;
}
