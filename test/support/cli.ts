import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { CommandHost } from './command-host.js';
import { type TestEnvironment } from './environment.js';

const MAIN = fileURLToPath(new URL('../../dist/main-cli.js', import.meta.url));

/** What a command left behind. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly environment?: TestEnvironment;
  /** What standard input holds; nothing unless given. */
  readonly input?: string;
  readonly cwd?: string;
  /** In a process that ends with it, as for a user; without, in one that other commands ran in before it. */
  readonly ownProcess?: boolean;
}

const host = new CommandHost();

/** Runs a command of the built CLI to its end. `npm test` has built it. */
export function regrant(
  args: readonly string[],
  { environment = {}, input = '', cwd, ownProcess = cwd !== undefined }: CommandOptions = {},
): Promise<CommandResult> {
  return ownProcess
    ? run(process.execPath, [MAIN, ...args], { environment, input, cwd })
    : host.run(args, environment, input);
}

/** The same on a terminal, which shows both outputs as one. `answers` are typed, a line each. */
export async function regrantOnTerminal(
  args: readonly string[],
  { environment = {}, cwd }: CommandOptions = {},
  answers: readonly string[] = [],
): Promise<CommandResult> {
  const command = [process.execPath, MAIN, ...args].map((part) => `'${part}'`).join(' ');
  const script = ['--quiet', '--return', '--echo', 'never', '--command', command, '/dev/null'];
  return run('script', script, { environment: { ...environment, TERM: 'xterm' }, cwd }, answers);
}

function run(
  program: string,
  args: readonly string[],
  { environment, input, cwd }: CommandOptions,
  answers: readonly string[] = [],
): Promise<CommandResult> {
  const { PATH, HOME } = process.env;
  const child = spawn(program, args, { env: { PATH, HOME, ...environment }, cwd });
  const output = { stdout: '', stderr: '' };
  const waiting = [...answers];
  child.stdout.on('data', (chunk: Buffer) => {
    const text = chunk.toString();
    output.stdout += text;
    // A question ends with a colon or with what may be answered, and stands in no line that has ended.
    const isAsked = withoutCursor(text).trim() !== '' && /[:\]] +$/.test(withoutCursor(output.stdout));
    if (waiting.length > 0 && isAsked) child.stdin.write(`${waiting.shift()}\n`);
  });
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  if (input !== undefined) child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, ...output });
    });
  });
}

/** Where the cursor is moved to may come with the question, or after it. */
function withoutCursor(text: string): string {
  return text.replaceAll(/\u001b\[[\d;]*[A-Z]/gi, '');
}

/** The document of a command that was done. */
export async function regrantJson<Document = Record<string, unknown>>(
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Document> {
  // What follows -- is no option.
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  const { code, stdout, stderr } = await regrant(
    [...args.slice(0, end), '--json', ...args.slice(end)],
    options,
  );
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as Document;
}
