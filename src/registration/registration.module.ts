import { type DynamicModule, Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { registrationConfig } from '../config/registration.config.js';
import { GrantsModule } from '../grants/grants.module.js';
import { RevocationModule } from '../revocation/revocation.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { ClientConfigurationController } from './client-configuration.controller.js';
import { ClientRegistrar } from './client-registrar.js';
import { ClientRegistrationRepository } from './client-registration.repository.js';
import { InitialAccessTokensModule } from './initial-access-tokens/initial-access-tokens.module.js';
import { Registrants } from './registrants.js';
import { RegistrationAccess } from './registration-access.js';
import { RegistrationController } from './registration.controller.js';
import { RegistrationManagement } from './registration-management.js';
import { RegistrationRules } from './registration-rules.js';
import { ReplacementRequests } from './replacement-requests.js';

/** Clients that register themselves (RFC 7591) and manage their registration (RFC 7592). */
@Module({})
export class RegistrationModule {
  /** Where it is switched off there are no endpoints at all. */
  static register(): DynamicModule {
    const isOff = registrationConfig().mode === 'off';
    return {
      module: RegistrationModule,
      imports: [ClientsModule, RevocationModule, GrantsModule, TokensModule, InitialAccessTokensModule],
      controllers: isOff ? [] : [RegistrationController, ClientConfigurationController],
      providers: [
        Registrants,
        ClientRegistrar,
        ClientRegistrationRepository,
        RegistrationAccess,
        RegistrationManagement,
        RegistrationRules,
        ReplacementRequests,
      ],
    };
  }
}
