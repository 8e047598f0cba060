import { Module } from '@nestjs/common';
import { AuthorizationModule } from '../authorization/authorization.module.js';
import { ClientsModule } from '../clients/clients.module.js';
import { EventStreamsModule } from '../event-streams/event-streams.module.js';
import { EventsModule } from '../events/events.module.js';
import { GatewayRoutesModule } from '../gateway/routes/gateway-routes.module.js';
import { GrantsModule } from '../grants/grants.module.js';
import { IntrospectionModule } from '../introspection/introspection.module.js';
import { RefusalsModule } from '../refusals/refusals.module.js';
import { InitialAccessTokensModule } from '../registration/initial-access-tokens/initial-access-tokens.module.js';
import { RevocationModule } from '../revocation/revocation.module.js';
import { RolesModule } from '../roles/roles.module.js';
import { SharedSignalsModule } from '../shared-signals/shared-signals.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { UsersModule } from '../users/users.module.js';
import { AuditController } from './audit/audit.controller.js';
import { AuditReads } from './audit/audit-reads.js';
import { ClientReads } from './clients/client-reads.js';
import { ClientRules } from './clients/client-rules.js';
import { ClientSecretsController } from './clients/client-secrets.controller.js';
import { ClientsController } from './clients/clients.controller.js';
import { ClientWrites } from './clients/client-writes.js';
import { ConfigController } from './config/config.controller.js';
import { EventSinks } from './events/event-sinks.js';
import { EventStreams } from './events/event-streams.js';
import { EventStreamsController } from './events/event-streams.controller.js';
import { EventsController } from './events/events.controller.js';
import { Redelivery } from './events/redelivery.js';
import { FirstAdmin } from './first-admin.js';
import { GatewayRoutesController } from './gateway/gateway-routes.controller.js';
import { RouteReads } from './gateway/route-reads.js';
import { RouteRules } from './gateway/route-rules.js';
import { RouteWrites } from './gateway/route-writes.js';
import { Idempotency } from './http/idempotency.js';
import { IdempotentAnswerRepository } from './http/idempotent-answer.repository.js';
import { ManagementGuard } from './http/management.guard.js';
import { ManagementWrites } from './http/management-writes.js';
import { KeyReads } from './keys/key-reads.js';
import { KeyWrites } from './keys/key-writes.js';
import { KeysController } from './keys/keys.controller.js';
import { ConsoleClient } from './openapi/console-client.js';
import { UserConsentsController } from './consents/user-consents.controller.js';
import { UserConsents } from './consents/user-consents.js';
import { RoleReads } from './roles/role-reads.js';
import { RoleWrites } from './roles/role-writes.js';
import { RolesController } from './roles/roles.controller.js';
import { UserRoleWrites } from './roles/user-role-writes.js';
import { UserRolesController } from './roles/user-roles.controller.js';
import { UserImportController } from './users/user-import.controller.js';
import { UserImports } from './users/user-imports.js';
import { UserReads } from './users/user-reads.js';
import { UserWrites } from './users/user-writes.js';
import { UsersController } from './users/users.controller.js';
import { AdminRevocations } from './tokens/admin-revocations.js';
import { DiagnosesController } from './tokens/diagnoses.controller.js';
import { FamiliesController } from './tokens/families.controller.js';
import { FamilyReads } from './tokens/family-reads.js';
import { PolicyPreview } from './tokens/policy-preview.js';
import { PolicyPreviewsController } from './tokens/policy-previews.controller.js';
import { RefusalsController } from './tokens/refusals.controller.js';
import { RevocationsController } from './tokens/revocations.controller.js';
import { TokenDiagnosis } from './tokens/token-diagnosis.js';
import { InitialAccessTokens } from './registration/initial-access-tokens.js';
import { InitialAccessTokensController } from './registration/initial-access-tokens.controller.js';

/** What admins and their scripts do, over REST. */
@Module({
  imports: [
    AuthorizationModule,
    ClientsModule,
    UsersModule,
    RolesModule,
    TokensModule,
    RevocationModule,
    IntrospectionModule,
    GrantsModule,
    InitialAccessTokensModule,
    EventsModule,
    EventStreamsModule,
    SharedSignalsModule,
    RefusalsModule,
    GatewayRoutesModule,
  ],
  controllers: [
    ClientsController,
    ClientSecretsController,
    UsersController,
    UserImportController,
    RolesController,
    UserRolesController,
    UserConsentsController,
    AuditController,
    EventsController,
    EventStreamsController,
    KeysController,
    ConfigController,
    FamiliesController,
    RevocationsController,
    DiagnosesController,
    RefusalsController,
    PolicyPreviewsController,
    InitialAccessTokensController,
    GatewayRoutesController,
  ],
  providers: [
    ManagementGuard,
    ManagementWrites,
    Idempotency,
    IdempotentAnswerRepository,
    FirstAdmin,
    ConsoleClient,
    AuditReads,
    ClientReads,
    ClientRules,
    ClientWrites,
    KeyReads,
    KeyWrites,
    UserReads,
    UserWrites,
    UserImports,
    RoleReads,
    RoleWrites,
    UserRoleWrites,
    UserConsents,
    EventSinks,
    EventStreams,
    Redelivery,
    FamilyReads,
    AdminRevocations,
    TokenDiagnosis,
    PolicyPreview,
    InitialAccessTokens,
    RouteReads,
    RouteRules,
    RouteWrites,
  ],
  exports: [FirstAdmin, ConsoleClient],
})
export class ManagementModule {}
