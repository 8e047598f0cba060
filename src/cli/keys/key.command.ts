import { Command } from 'nest-commander';
import { CommandGroup } from '../command-group.js';
import { KeyListCommand } from './key-list.command.js';
import { KeyRevokeCommand } from './key-revoke.command.js';
import { KeyRotateCommand } from './key-rotate.command.js';

export const KEY_COMMANDS = [KeyListCommand, KeyRotateCommand, KeyRevokeCommand];

@Command({
  name: 'key',
  description: 'Administer the keys that tokens are signed with',
  subCommands: KEY_COMMANDS,
})
export class KeyCommand extends CommandGroup {}
