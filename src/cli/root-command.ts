import { Injectable } from '@nestjs/common';
import { type CommandRunner, InjectCommander } from 'nest-commander';

/** Commander's own, which is a dependency of nest-commander alone. */
export type Command = Parameters<CommandRunner['setCommand']>[0];

/** What all commands hang on. */
@Injectable()
export class RootCommand {
  constructor(@InjectCommander() readonly command: Command) {}
}
