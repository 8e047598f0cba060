import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { IntrospectionModule } from '../introspection/introspection.module.js';
import { RevocationModule } from '../revocation/revocation.module.js';
import { SignInModule } from '../sessions/sign-in/sign-in.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { UsersModule } from '../users/users.module.js';
import { LogoutDelivery } from './backchannel/logout-delivery.js';
import { LogoutNoticeRepository } from './backchannel/logout-notice.repository.js';
import { LogoutSender } from './backchannel/logout-sender.js';
import { LogoutTokenService } from './backchannel/logout-token.service.js';
import { LogoutController } from './logout/logout.controller.js';
import { LogoutFlow } from './logout/logout-flow.js';
import { LogoutRequests } from './logout/logout-request.js';
import { UserInfoController } from './userinfo/userinfo.controller.js';
import { UserInfoService } from './userinfo/userinfo.service.js';

/** What OpenID Connect adds to OAuth besides the ID token: userinfo, signing out, and telling clients of it. */
@Module({
  imports: [ClientsModule, UsersModule, TokensModule, RevocationModule, IntrospectionModule, SignInModule],
  controllers: [UserInfoController, LogoutController],
  providers: [
    UserInfoService,
    LogoutRequests,
    LogoutFlow,
    LogoutNoticeRepository,
    LogoutTokenService,
    LogoutDelivery,
    LogoutSender,
  ],
})
export class OpenIdModule {}
