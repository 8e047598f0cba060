import { CommandRunner, Help } from 'nest-commander';
import { UsageError } from './failure.js';
import { examples } from './help.js';

/** Commands about one thing; by itself it does nothing but say which there are. */
export abstract class CommandGroup extends CommandRunner {
  @Help('after')
  examples(): string {
    const [first] = this.command.commands;
    return examples(`regrant ${this.command.name()} ${first?.name() ?? ''} --help`);
  }

  override run([unknown]: string[]): Promise<void> {
    if (unknown !== undefined) {
      const known = this.command.commands.map((command) => command.name()).join(', ');
      throw new UsageError(`there is no ${unknown} here, only ${known}`);
    }
    return Promise.resolve(this.command.help({ error: true }));
  }
}
