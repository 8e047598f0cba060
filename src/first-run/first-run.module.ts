import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { SignInModule } from '../sessions/sign-in/sign-in.module.js';
import { UsersModule } from '../users/users.module.js';
import { DemoAccounts } from './demo-accounts.js';
import { DemoClient } from './demo-client/demo-client.js';
import { DemoController } from './demo-client/demo.controller.js';
import { DemoSessions } from './demo-client/demo-sessions.js';
import { RelyingParty } from './demo-client/relying-party.js';

/** What makes a bare machine show something at once. */
@Module({
  imports: [ClientsModule, UsersModule, SignInModule],
  controllers: [DemoController],
  providers: [DemoAccounts, DemoClient, DemoSessions, RelyingParty],
  exports: [DemoAccounts],
})
export class FirstRunModule {}
