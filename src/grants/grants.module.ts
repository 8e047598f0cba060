import { Module } from '@nestjs/common';
import { AuthorizationModule } from '../authorization/authorization.module.js';
import { ClientsModule } from '../clients/clients.module.js';
import { RevocationModule } from '../revocation/revocation.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { UsersModule } from '../users/users.module.js';
import { AuthorizationCodeStrategy } from './authorization-code/authorization-code.strategy.js';
import { CodeReplays } from './authorization-code/code-replays.js';
import { ClientCredentialsStrategy } from './client-credentials/client-credentials.strategy.js';
import { DeviceCodeStrategy } from './device-code/device-code.strategy.js';
import { GrantRegistry } from './grant-registry.js';
import { GRANT_STRATEGIES, type GrantStrategy } from './grant-strategy.js';
import { NewFamilies } from './new-families.js';
import { PasswordStrategy } from './password/password.strategy.js';
import { RefreshMetrics } from './refresh-token/refresh-metrics.js';
import { RefreshTokenStrategy } from './refresh-token/refresh-token.strategy.js';
import { SecurityEvents } from './refresh-token/security-events.js';
import { TokenEndpointService } from './token-endpoint.service.js';
import { TokenIssuer } from './token-issuer.js';
import { TokenRequestMetrics } from './token-request-metrics.js';
import { TokenController } from './token.controller.js';

/** A new grant is one folder beside this file and one line here. */
const STRATEGIES = [
  RefreshTokenStrategy,
  AuthorizationCodeStrategy,
  DeviceCodeStrategy,
  PasswordStrategy,
  ClientCredentialsStrategy,
];

@Module({
  imports: [ClientsModule, UsersModule, TokensModule, RevocationModule, SessionsModule, AuthorizationModule],
  controllers: [TokenController],
  providers: [
    ...STRATEGIES,
    {
      provide: GRANT_STRATEGIES,
      inject: STRATEGIES,
      useFactory: (...strategies: GrantStrategy[]) => strategies,
    },
    GrantRegistry,
    CodeReplays,
    RefreshMetrics,
    TokenRequestMetrics,
    SecurityEvents,
    NewFamilies,
    TokenIssuer,
    TokenEndpointService,
  ],
  exports: [GrantRegistry, TokenEndpointService],
})
export class GrantsModule {}
