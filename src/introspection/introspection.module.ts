import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { DenylistModule } from '../revocation/denylist/denylist.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccessTokenInspector } from './access-token-inspector.js';
import { BearerAuthenticator } from './bearer-authenticator.js';
import { IntrospectionCallers } from './introspection-caller.js';
import { IntrospectionController } from './introspection.controller.js';
import { IntrospectionService } from './introspection.service.js';
import { TokenStatusRepository } from './token-status.repository.js';

/** Answers whether a token is alive: to resource servers, and to the rest of the service. */
@Module({
  imports: [ClientsModule, UsersModule, TokensModule, DenylistModule],
  controllers: [IntrospectionController],
  providers: [
    TokenStatusRepository,
    AccessTokenInspector,
    BearerAuthenticator,
    IntrospectionCallers,
    IntrospectionService,
  ],
  exports: [BearerAuthenticator, AccessTokenInspector],
})
export class IntrospectionModule {}
