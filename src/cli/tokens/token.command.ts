import { Command } from 'nest-commander';
import { CommandGroup } from '../command-group.js';
import { TokenInspectCommand } from './token-inspect.command.js';
import { TokenRevokeCommand } from './token-revoke.command.js';

export const TOKEN_COMMANDS = [TokenInspectCommand, TokenRevokeCommand];

@Command({
  name: 'token',
  description: 'Find out about tokens, and revoke them',
  subCommands: TOKEN_COMMANDS,
})
export class TokenCommand extends CommandGroup {}
