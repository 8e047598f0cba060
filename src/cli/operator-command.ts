import { CommandRunner, Option } from 'nest-commander';

/** What every command takes. */
export interface CommonOptions {
  /** Whether the answer is for a script: one JSON document on standard output. */
  readonly json?: boolean;
}

/** A command that does something, unlike a group of commands. */
export abstract class OperatorCommand extends CommandRunner {
  @Option({ flags: '--json', description: 'print one JSON document on standard output' })
  takeJson(): boolean {
    return true;
  }
}
