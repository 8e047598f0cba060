import { Command } from 'nest-commander';
import { CommandGroup } from '../command-group.js';
import { UserCreateCommand } from './user-create.command.js';
import { UserImportCommand } from './user-import.command.js';
import { UserListCommand } from './user-list.command.js';
import { UserRolesCommand } from './user-roles.command.js';

export const USER_COMMANDS = [UserCreateCommand, UserListCommand, UserImportCommand, UserRolesCommand];

@Command({
  name: 'user',
  description: 'Create, list and import users, and give them roles',
  subCommands: USER_COMMANDS,
})
export class UserCommand extends CommandGroup {}
