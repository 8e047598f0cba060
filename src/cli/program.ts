import { Logger } from '@nestjs/common';
import { CommandFactory } from 'nest-commander';
import { CliModule } from './cli.module.js';
import { examples } from './help.js';
import { type Command, RootCommand } from './root-command.js';
import { exitCodeOf, explain } from './failure.js';

/** Does what the arguments say. @returns the exit code */
export async function runProgram(): Promise<number> {
  stopWhenNobodyReads();
  let failure: unknown;
  const program = await CommandFactory.createWithoutRunning(CliModule, {
    logger: false,
    serviceErrorHandler: (error) => {
      failure = error;
    },
  });
  Logger.overrideLogger(false);
  const { command } = program.get(RootCommand);
  command
    .name('regrant')
    .description('Administers Regrant, beside its servers and with the same environment.')
    .addHelpText('after', examples('regrant migrate', 'regrant client create --help'));
  setUp(command);
  await CommandFactory.runApplication(program);
  await program.close();
  if (failure === undefined) return Number(process.exitCode ?? 0);
  process.stderr.write(explain(failure));
  return exitCodeOf(failure);
}

/** Commander ends the process of itself, with 1 for wrong usage, and takes arguments that a command has not. */
function setUp(command: Command): void {
  command
    .exitOverride((error) => {
      throw error;
    })
    .allowExcessArguments(command.commands.length > 0)
    .showHelpAfterError('(--help tells more)');
  for (const subcommand of command.commands) setUp(subcommand);
}

/** `regrant audit list | head` is no failure. */
function stopWhenNobodyReads(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}
