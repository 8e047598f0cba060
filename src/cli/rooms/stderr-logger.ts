import { type LoggerService } from '@nestjs/common';
import { printable } from '../terminal/printable.js';

/** Says in a line what the operator should know: warnings and errors, which standard output has no room for. */
export class StderrLogger implements LoggerService {
  warn = say;
  error = say;
  fatal = say;

  log(): void {
    // What a server would log of its work, an operator sees in the answer.
  }
}

/** Nest's way: a text, or an object and then the text. */
function say(message: unknown, ...[text]: unknown[]): void {
  const told = typeof message === 'string' ? message : text;
  if (typeof told === 'string') process.stderr.write(`warning: ${printable(told)}\n`);
}
