import { type LoggerService } from '@nestjs/common';
import { printable } from '../terminal/printable.js';

/** Says a second time, and with a promise to retry, why the command fails. */
const ECHO = 'TypeOrmModule';

/** Says in a line what the operator should know: warnings and errors, for which standard output has no room. */
export class StderrLogger implements LoggerService {
  warn = say;
  error = say;
  fatal = say;

  log(): void {
    // What a server would log of its work, an operator sees in the answer.
  }
}

/** Nest's way: a text, or an object and then the text; the context last. */
function say(message: unknown, ...rest: unknown[]): void {
  const told = typeof message === 'string' ? message : rest[0];
  if (typeof told === 'string' && rest.at(-1) !== ECHO) process.stderr.write(`warning: ${printable(told)}\n`);
}
