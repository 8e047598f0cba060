import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { GrantsModule } from '../grants/grants.module.js';
import { IntrospectionModule } from '../introspection/introspection.module.js';
import { RefusalsModule } from '../refusals/refusals.module.js';
import { RevocationModule } from '../revocation/revocation.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { UsersModule } from '../users/users.module.js';
import { AuditController } from './audit/audit.controller.js';
import { ClientReads } from './clients/client-reads.js';
import { ClientRules } from './clients/client-rules.js';
import { ClientSecretsController } from './clients/client-secrets.controller.js';
import { ClientsController } from './clients/clients.controller.js';
import { ClientWrites } from './clients/client-writes.js';
import { FirstAdmin } from './first-admin.js';
import { Idempotency } from './http/idempotency.js';
import { IdempotentAnswerRepository } from './http/idempotent-answer.repository.js';
import { ManagementGuard } from './http/management.guard.js';
import { ManagementWrites } from './http/management-writes.js';
import { AdminRevocations } from './tokens/admin-revocations.js';
import { DiagnosesController } from './tokens/diagnoses.controller.js';
import { FamiliesController } from './tokens/families.controller.js';
import { FamilyReads } from './tokens/family-reads.js';
import { PolicyPreview } from './tokens/policy-preview.js';
import { PolicyPreviewsController } from './tokens/policy-previews.controller.js';
import { RefusalsController } from './tokens/refusals.controller.js';
import { RevocationsController } from './tokens/revocations.controller.js';
import { TokenDiagnosis } from './tokens/token-diagnosis.js';

/** What admins and their scripts do, over REST. */
@Module({
  imports: [
    ClientsModule,
    UsersModule,
    TokensModule,
    RevocationModule,
    IntrospectionModule,
    GrantsModule,
    RefusalsModule,
  ],
  controllers: [
    ClientsController,
    ClientSecretsController,
    AuditController,
    FamiliesController,
    RevocationsController,
    DiagnosesController,
    RefusalsController,
    PolicyPreviewsController,
  ],
  providers: [
    ManagementGuard,
    ManagementWrites,
    Idempotency,
    IdempotentAnswerRepository,
    FirstAdmin,
    ClientReads,
    ClientRules,
    ClientWrites,
    FamilyReads,
    AdminRevocations,
    TokenDiagnosis,
    PolicyPreview,
  ],
  exports: [FirstAdmin],
})
export class ManagementModule {}
