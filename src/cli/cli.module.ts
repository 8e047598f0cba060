import { Module } from '@nestjs/common';
import { AUDIT_COMMANDS, AuditCommand } from './audit/audit.command.js';
import { CLIENT_COMMANDS, ClientCommand } from './clients/client.command.js';
import { RandomSource } from '../common/random-source.js';
import { KEY_COMMANDS, KeyCommand } from './keys/key.command.js';
import { Listing } from './listing.js';
import { RootCommand } from './root-command.js';
import { Rooms } from './rooms/rooms.js';
import { ConfigCommand } from './service/config.command.js';
import { MigrateCommand } from './service/migrate.command.js';
import { PurgeCommand } from './service/purge.command.js';
import { Output } from './terminal/output.js';
import { Progress } from './terminal/progress.js';
import { Prompts } from './terminal/prompts.js';
import { TOKEN_COMMANDS, TokenCommand } from './tokens/token.command.js';
import { USER_COMMANDS, UserCommand } from './users/user.command.js';

/** The commands. A new one is a file, and a line here or in its group. */
@Module({
  providers: [
    RootCommand,
    Rooms,
    Output,
    Prompts,
    Progress,
    Listing,
    RandomSource,
    MigrateCommand,
    ClientCommand,
    ...CLIENT_COMMANDS,
    UserCommand,
    ...USER_COMMANDS,
    TokenCommand,
    ...TOKEN_COMMANDS,
    KeyCommand,
    ...KEY_COMMANDS,
    AuditCommand,
    ...AUDIT_COMMANDS,
    PurgeCommand,
    ConfigCommand,
  ],
})
export class CliModule {}
