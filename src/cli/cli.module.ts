import { Module } from '@nestjs/common';
import { AUDIT_COMMANDS, AuditCommand } from './audit/audit.command.js';
import { CLIENT_COMMANDS, ClientCommand } from './clients/client.command.js';
import { Listing } from './listing.js';
import { RootCommand } from './root-command.js';
import { Rooms } from './rooms/rooms.js';
import { ConfigCommand } from './service/config.command.js';
import { MigrateCommand } from './service/migrate.command.js';
import { PurgeCommand } from './service/purge.command.js';
import { Output } from './terminal/output.js';
import { Progress } from './terminal/progress.js';
import { Prompts } from './terminal/prompts.js';

/** The commands. A new one is a file, and a line here or in its group. */
@Module({
  providers: [
    RootCommand,
    Rooms,
    Output,
    Prompts,
    Progress,
    Listing,
    MigrateCommand,
    ClientCommand,
    ...CLIENT_COMMANDS,
    AuditCommand,
    ...AUDIT_COMMANDS,
    PurgeCommand,
    ConfigCommand,
  ],
})
export class CliModule {}
