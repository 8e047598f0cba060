import { Command } from 'nest-commander';
import { CommandGroup } from '../command-group.js';
import { ClientCreateCommand } from './client-create.command.js';
import { ClientDeleteCommand } from './client-delete.command.js';
import { ClientDisableCommand } from './client-disable.command.js';
import { ClientEnableCommand } from './client-enable.command.js';
import { ClientListCommand } from './client-list.command.js';
import { ClientRotateSecretCommand } from './client-rotate-secret.command.js';
import { ClientShowCommand } from './client-show.command.js';

export const CLIENT_COMMANDS = [
  ClientCreateCommand,
  ClientListCommand,
  ClientShowCommand,
  ClientRotateSecretCommand,
  ClientDisableCommand,
  ClientEnableCommand,
  ClientDeleteCommand,
];

@Command({ name: 'client', description: 'Register and administer clients', subCommands: CLIENT_COMMANDS })
export class ClientCommand extends CommandGroup {}
