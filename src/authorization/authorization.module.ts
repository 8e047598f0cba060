import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { PagesModule } from '../pages/pages.module.js';
import { RevocationModule } from '../revocation/revocation.module.js';
import { RolesModule } from '../roles/roles.module.js';
import { SignInModule } from '../sessions/sign-in/sign-in.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { AuthorizationFlow } from './authorization-flow.js';
import { AuthorizationGrants } from './authorization-grants.js';
import { AuthorizationPages } from './authorization-pages.js';
import { AuthorizationPurge } from './authorization-purge.js';
import { AuthorizationResponder } from './authorization-responder.js';
import { AuthorizeController } from './authorize.controller.js';
import { AuthorizationCodeRepository } from './codes/authorization-code.repository.js';
import { AuthorizationCodes } from './codes/authorization-codes.js';
import { ConsentRepository } from './consents/consent.repository.js';
import { ConsentService } from './consents/consent.service.js';
import { DeviceAuthorizationController } from './device/device-authorization.controller.js';
import { DeviceAuthorizationRepository } from './device/device-authorization.repository.js';
import { DeviceAuthorizations } from './device/device-authorizations.js';
import { DeviceController } from './device/device.controller.js';
import { DevicePages } from './device/device-pages.js';
import { UserCodeGuesses } from './device/user-code-guesses.js';
import { PushedRequestRepository } from './pushed/pushed-request.repository.js';
import { PushedRequests } from './pushed/pushed-requests.js';
import { PushedRequestsController } from './pushed/pushed-requests.controller.js';
import { AuthorizationRequests } from './request/authorization-requests.js';
import { HintedUsers } from './request/hinted-users.js';
import { RequestingClients } from './request/requesting-clients.js';

/** People let clients have access: the authorization endpoint, pushed requests, consents and codes. */
@Module({
  imports: [ClientsModule, PagesModule, RolesModule, SignInModule, TokensModule, RevocationModule],
  controllers: [
    AuthorizeController,
    PushedRequestsController,
    DeviceAuthorizationController,
    DeviceController,
  ],
  providers: [
    RequestingClients,
    AuthorizationRequests,
    HintedUsers,
    PushedRequestRepository,
    PushedRequests,
    ConsentRepository,
    ConsentService,
    AuthorizationCodeRepository,
    AuthorizationCodes,
    AuthorizationFlow,
    AuthorizationGrants,
    AuthorizationPages,
    AuthorizationResponder,
    AuthorizationPurge,
    DeviceAuthorizationRepository,
    DeviceAuthorizations,
    DevicePages,
    UserCodeGuesses,
  ],
  exports: [AuthorizationCodes, ConsentService, DeviceAuthorizations],
})
export class AuthorizationModule {}
