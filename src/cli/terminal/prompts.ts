import { Injectable } from '@nestjs/common';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { RefusedError, UsageError } from '../failure.js';

/** Longer than any password or token that is taken. */
const MAX_LENGTH = 65_536;

/** Asks the operator. What is secret is never an argument, which every user of the machine could see. */
@Injectable()
export class Prompts {
  /** Whether there is someone to ask. */
  get isInteractive(): boolean {
    return process.stdin.isTTY && process.stderr.isTTY;
  }

  /** All of standard input, without the line break at its end. @throws UsageError for none or too much */
  async standardInput(what: string): Promise<string> {
    if (process.stdin.isTTY) process.stderr.write(`${what}, then Ctrl-D: `);
    let text = '';
    for await (const chunk of process.stdin.setEncoding('utf8')) {
      text += String(chunk);
      if (text.length > MAX_LENGTH) throw new UsageError(`${what} is too long`);
    }
    const value = text.replace(/\r?\n$/, '');
    if (value === '') throw new UsageError(`no ${what} on standard input`);
    return value;
  }

  /** A new secret, typed twice without being seen. @throws UsageError where nobody can be asked */
  async newSecret(what: string, alternative: string): Promise<string> {
    if (!this.isInteractive)
      throw new UsageError(`no terminal to ask for the ${what} on: use ${alternative}`);
    const secret = await ask(`${what}: `, true);
    if (secret === '') throw new UsageError(`the ${what} is empty`);
    if ((await ask(`${what} again: `, true)) !== secret) throw new UsageError('the two differ');
    return secret;
  }

  /** @throws UsageError where nobody can be asked whether it is meant, RefusedError where it is not */
  async confirm(question: string, yes = false): Promise<void> {
    if (yes) return;
    if (!this.isInteractive) throw new UsageError('add --yes to say that you mean it');
    const answer = await ask(`${question} [y/N] `, false);
    if (!/^y(es)?$/i.test(answer.trim())) throw new RefusedError('not done');
  }
}

async function ask(question: string, isHidden: boolean): Promise<string> {
  process.stderr.write(question);
  const output = isHidden ? nowhere() : process.stderr;
  const reader = createInterface({ input: process.stdin, output, terminal: true });
  reader.once('SIGINT', () => {
    process.stderr.write('\n');
    process.exit(130);
  });
  try {
    return await reader.question('');
  } finally {
    reader.close();
    if (isHidden) process.stderr.write('\n');
  }
}

function nowhere(): Writable {
  return new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
}
