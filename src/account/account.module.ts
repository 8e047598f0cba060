import { Module } from '@nestjs/common';
import { AuthorizationModule } from '../authorization/authorization.module.js';
import { ClientsModule } from '../clients/clients.module.js';
import { RevocationModule } from '../revocation/revocation.module.js';
import { SignInModule } from '../sessions/sign-in/sign-in.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { AccountController } from './account.controller.js';
import { AccountEndings } from './account-endings.js';
import { AccountEndingsController } from './account-endings.controller.js';
import { AccountReads } from './account-reads.js';
import { SignedOutController } from './signed-out.controller.js';

/** Where people see where they are signed in, and end it. */
@Module({
  imports: [SignInModule, ClientsModule, TokensModule, RevocationModule, AuthorizationModule],
  controllers: [AccountController, AccountEndingsController, SignedOutController],
  providers: [AccountReads, AccountEndings],
})
export class AccountModule {}
