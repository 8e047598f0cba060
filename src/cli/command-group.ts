import { CommandRunner } from 'nest-commander';
import { UsageError } from './failure.js';

/** Commands about one thing; by itself it does nothing but say which there are. */
export abstract class CommandGroup extends CommandRunner {
  override run([unknown]: string[]): Promise<void> {
    if (unknown !== undefined) {
      const known = this.command.commands.map((command) => command.name()).join(', ');
      throw new UsageError(`there is no ${unknown} here, only ${known}`);
    }
    return Promise.resolve(this.command.help({ error: true }));
  }
}
