import { Injectable } from '@nestjs/common';
import { ScopeSet } from '../common/scope-set.js';
import { isManagementScope } from './management-scopes.js';
import { RoleRepository } from './role.repository.js';

/** What of the management API people may use. A client's registration says what it may ask for, a role who gets it. */
@Injectable()
export class UserScopes {
  constructor(private readonly roles: RoleRepository) {}

  /** The management scopes that the user's roles have now. */
  async managementScopes(userId: string): Promise<ScopeSet> {
    return ScopeSet.of(await this.roles.scopesOfUser(userId));
  }

  /** The scopes less those of the management API that no role of the user has. */
  async within(scopes: ScopeSet, userId: string): Promise<ScopeSet> {
    if (!scopes.values.some(isManagementScope)) return scopes;
    const given = await this.managementScopes(userId);
    return ScopeSet.of(scopes.values.filter((scope) => !isManagementScope(scope) || given.has(scope)));
  }
}
