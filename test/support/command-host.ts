import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type CommandResult } from './cli.js';
import { type TestEnvironment } from './environment.js';

const PROGRAM = fileURLToPath(new URL('cli-host.js', import.meta.url));

/** A process that runs commands of the CLI, one at a time: starting the program takes longer than most of them. */
export class CommandHost {
  private child: ChildProcess | undefined;
  private last: Promise<unknown> = Promise.resolve();

  run(args: readonly string[], environment: TestEnvironment, input: string): Promise<CommandResult> {
    const result = this.last.then(() => this.ask({ args, environment, input }));
    this.last = result.catch(() => undefined);
    return result;
  }

  private async ask(asked: object): Promise<CommandResult> {
    const { PATH, HOME } = process.env;
    this.child ??= fork(PROGRAM, { env: { PATH, HOME }, execArgv: [], stdio: 'inherit' });
    this.child.send(asked);
    const [result] = (await once(this.child, 'message')) as [CommandResult];
    return result;
  }
}
