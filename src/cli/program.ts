import { CommandFactory } from 'nest-commander';
import { CliModule } from './cli.module.js';
import { examples } from './help.js';
import { type Command, RootCommand } from './root-command.js';
import { exitCodeOf, explain } from './failure.js';

/** The commands, to be run or to be looked at. */
export interface Program {
  readonly command: Command;
  /** Does what the arguments say. @returns the exit code */
  run(): Promise<number>;
}

export async function createProgram(): Promise<Program> {
  let failure: unknown;
  const app = await CommandFactory.createWithoutRunning(CliModule, {
    logger: false,
    serviceErrorHandler: (error) => {
      failure = error;
    },
  });
  const { command } = app.get(RootCommand);
  describe(command);
  setUp(command);
  const run = async () => {
    await CommandFactory.runApplication(app);
    await app.close();
    if (failure === undefined) return Number(process.exitCode ?? 0);
    process.stderr.write(explain(failure));
    return exitCodeOf(failure);
  };
  return { command, run };
}

function describe(command: Command): void {
  command
    .name('regrant')
    .description('Administers Regrant, beside its servers and with the same environment.')
    .addHelpText('after', examples('regrant migrate', 'regrant client create --help'));
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
