import { type LoggerService } from '@nestjs/common';
import { printable } from '../terminal/printable.js';

/** Who warns of what an operator need not mind: an error that ends the command anyway, a wait that is over. */
const NOT_TOLD = new Set<unknown>(['TypeOrmModule', 'Denylist']);

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
  if (NOT_TOLD.has(rest.at(-1))) return;
  const told = typeof message === 'string' ? message : rest[0];
  if (typeof told === 'string') process.stderr.write(`warning: ${printable(told)}\n`);
}
