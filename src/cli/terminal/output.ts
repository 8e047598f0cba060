import { Injectable } from '@nestjs/common';
import { type CommonOptions } from '../operator-command.js';
import { printable, printableJson } from './printable.js';

/** Answers go to standard output; all else that is to be said, to standard error. */
@Injectable()
export class Output {
  /** The answer of a command: its document for scripts, else `text` of it. */
  answer(document: object, { json = false }: CommonOptions, text: () => string): void {
    process.stdout.write(`${json ? printableJson(document) : text()}\n`);
  }

  /** Something beside the answer. */
  note(text: string): void {
    process.stderr.write(`${printable(text)}\n`);
  }
}
