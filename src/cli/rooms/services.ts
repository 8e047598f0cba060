import { type INestApplicationContext } from '@nestjs/common';
import { AuditRepository } from '../../audit/audit.repository.js';
import { AuditVerifier } from '../../audit/audit-verifier.js';
import { Sweeper } from '../../database/sweeper.js';
import { AuditReads } from '../../management/audit/audit-reads.js';
import { ClientReads } from '../../management/clients/client-reads.js';
import { ClientWrites } from '../../management/clients/client-writes.js';
import { type Caller } from '../../management/http/caller.js';
import { type RepeatableRequest } from '../../management/http/idempotency.js';
import { ManagementWrites } from '../../management/http/management-writes.js';
import { KeyReads } from '../../management/keys/key-reads.js';
import { KeyWrites } from '../../management/keys/key-writes.js';
import { RoleReads } from '../../management/roles/role-reads.js';
import { UserRoleWrites } from '../../management/roles/user-role-writes.js';
import { AdminRevocations } from '../../management/tokens/admin-revocations.js';
import { TokenDiagnosis } from '../../management/tokens/token-diagnosis.js';
import { UserImports } from '../../management/users/user-imports.js';
import { UserReads } from '../../management/users/user-reads.js';
import { UserWrites } from '../../management/users/user-writes.js';
import { UserRepository } from '../../users/user.repository.js';
import { operator } from './operator.js';
import { operatorInput } from './operator-input.js';

/** What commands call: the services that the management API calls, by an operator. */
export class Services {
  readonly caller: Caller = operator();
  /** A command is done once: it has no key by which it could be known again. */
  readonly request: RepeatableRequest = { content: '' };
  readonly take = operatorInput;

  constructor(private readonly app: INestApplicationContext) {}

  get clientReads(): ClientReads {
    return this.app.get(ClientReads);
  }

  get clientWrites(): ClientWrites {
    return this.app.get(ClientWrites);
  }

  get userReads(): UserReads {
    return this.app.get(UserReads);
  }

  get userWrites(): UserWrites {
    return this.app.get(UserWrites);
  }

  get userImports(): UserImports {
    return this.app.get(UserImports);
  }

  get users(): UserRepository {
    return this.app.get(UserRepository, { strict: false });
  }

  get roleReads(): RoleReads {
    return this.app.get(RoleReads);
  }

  get userRoleWrites(): UserRoleWrites {
    return this.app.get(UserRoleWrites);
  }

  get keyReads(): KeyReads {
    return this.app.get(KeyReads);
  }

  get keyWrites(): KeyWrites {
    return this.app.get(KeyWrites);
  }

  get tokenDiagnosis(): TokenDiagnosis {
    return this.app.get(TokenDiagnosis);
  }

  get revocations(): AdminRevocations {
    return this.app.get(AdminRevocations);
  }

  get audit(): AuditRepository {
    return this.app.get(AuditRepository);
  }

  get auditReads(): AuditReads {
    return this.app.get(AuditReads);
  }

  get auditVerifier(): AuditVerifier {
    return this.app.get(AuditVerifier);
  }

  get sweeper(): Sweeper {
    return this.app.get(Sweeper);
  }

  get writes(): ManagementWrites {
    return this.app.get(ManagementWrites);
  }
}
