import { Module } from '@nestjs/common';
import { RoleRepository } from './role.repository.js';
import { UserScopes } from './user-scopes.js';

/** What people may do at the management API. */
@Module({
  providers: [RoleRepository, UserScopes],
  exports: [RoleRepository, UserScopes],
})
export class RolesModule {}
