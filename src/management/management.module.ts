import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { GrantsModule } from '../grants/grants.module.js';
import { IntrospectionModule } from '../introspection/introspection.module.js';
import { InitialAccessTokensModule } from '../registration/initial-access-tokens/initial-access-tokens.module.js';
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
import { InitialAccessTokens } from './registration/initial-access-tokens.js';
import { InitialAccessTokensController } from './registration/initial-access-tokens.controller.js';

/** What admins and their scripts do, over REST. */
@Module({
  imports: [
    ClientsModule,
    UsersModule,
    TokensModule,
    RevocationModule,
    IntrospectionModule,
    GrantsModule,
    InitialAccessTokensModule,
  ],
  controllers: [ClientsController, ClientSecretsController, AuditController, InitialAccessTokensController],
  providers: [
    ManagementGuard,
    ManagementWrites,
    Idempotency,
    IdempotentAnswerRepository,
    FirstAdmin,
    ClientReads,
    ClientRules,
    ClientWrites,
    InitialAccessTokens,
  ],
  exports: [FirstAdmin],
})
export class ManagementModule {}
