import { Injectable } from '@nestjs/common';
import { type Transaction } from '../../database/sql-session.js';
import { ProblemError } from '../../http/problem.js';
import { RoleRepository } from '../../roles/role.repository.js';
import { UserRepository } from '../../users/user.repository.js';
import { type Caller } from '../http/caller.js';
import { requireMatch } from '../http/etag.js';
import { ManagementWrites } from '../http/management-writes.js';
import { requireWithinReach } from '../http/reach.js';
import { type UserRolesDocument } from './role.documents.js';

/** Gives people roles, and takes them away. */
@Injectable()
export class UserRoleWrites {
  constructor(
    private readonly writes: ManagementWrites,
    private readonly roles: RoleRepository,
    private readonly users: UserRepository,
  ) {}

  /** @throws ProblemError 403, 404, 412, 422 for a role that there is not */
  replace(
    caller: Caller,
    userId: string,
    ifMatch: string,
    { roles: names }: UserRolesDocument,
  ): Promise<UserRolesDocument> {
    return this.writes.run(caller, async ({ transaction, audit }) => {
      if (!(await this.users.lockById(transaction, userId))) throw ProblemError.notFound('user');
      const before = { roles: await this.roles.namesOfUser(userId, transaction) };
      requireMatch(ifMatch, before);
      await this.requireWithinReach(caller, transaction, before.roles, names);
      await this.roles.replaceOfUser(transaction, userId, names);
      const after = { roles: await this.roles.namesOfUser(userId, transaction) };
      audit({ action: 'user.roles_set', target: { type: 'user', id: userId }, before, after });
      return after;
    });
  }

  /** Neither what is given nor what is taken away may be beyond the caller. */
  private async requireWithinReach(
    caller: Caller,
    transaction: Transaction,
    before: readonly string[],
    after: readonly string[],
  ): Promise<void> {
    const known = await this.roles.shareByNames(transaction, [...new Set([...before, ...after])]);
    const unknown = after.flatMap((name, index) =>
      known.some((role) => role.name === name)
        ? []
        : [{ pointer: `#/roles/${index}`, detail: 'there is no such role' }],
    );
    if (unknown.length > 0) throw ProblemError.validation(unknown);
    for (const { name, scopes } of known) {
      if (before.includes(name) !== after.includes(name)) {
        requireWithinReach(caller, `the role ${name}`, scopes);
      }
    }
  }
}
