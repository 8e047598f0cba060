import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { UsersModule } from '../users/users.module.js';
import { DemoAccounts } from './demo-accounts.js';

/** What makes a bare machine show something at once. */
@Module({
  imports: [ClientsModule, UsersModule],
  providers: [DemoAccounts],
  exports: [DemoAccounts],
})
export class FirstRunModule {}
