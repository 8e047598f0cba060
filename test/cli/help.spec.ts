import { beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { regrant } from '../support/cli.js';

const run = promisify(execFile);
const HELPS = fileURLToPath(new URL('../support/cli-helps.js', import.meta.url));

type Helps = Record<string, { readonly help: string; readonly isGroup: boolean }>;

describe('the help of the CLI', () => {
  let helps: [path: string, help: string, isGroup: boolean][];
  beforeAll(async () => {
    const { stdout } = await run(process.execPath, [HELPS]);
    helps = Object.entries(JSON.parse(stdout) as Helps).map(([path, { help, isGroup }]) => [
      path,
      help,
      isGroup,
    ]);
  }, 120_000);

  it('is there for every command', () => {
    const paths = helps.map(([path]) => path);
    expect(paths).toEqual(expect.arrayContaining(['migrate', 'client create', 'user import', 'key revoke']));
  });

  it('is printed without an environment or a database', async () => {
    const { code, stdout, stderr } = await regrant(['client', 'create', '--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(helps.find(([path]) => path === 'client create')?.[1]);
  });

  it('says what each command does, and gives an example of that very command', () => {
    for (const [path, help] of helps) {
      const [, summary = ''] = help.split('\n\n');
      expect([path, summary]).toEqual([path, expect.stringMatching(/^[A-Z][a-z]+,? /)]);
      const [, examples = ''] = help.split('Examples:\n');
      expect([path, examples]).toEqual([path, expect.stringContaining(`regrant ${path}`.trim())]);
    }
  });

  it('describes every option and every argument', () => {
    for (const [path, help] of helps) {
      const bare = help.match(/^ {2}(-\S*|[a-z]+)( <\S+>)?\s*$/gm) ?? [];
      expect([path, bare]).toEqual([path, []]);
    }
  });

  it('takes no secret as an argument, which every user of the machine could see', () => {
    for (const [path, help] of helps)
      expect([path, help]).toEqual([
        path,
        expect.not.stringMatching(/^ +--\S*(secret|password|token)\S* </m),
      ]);
  });

  it('names every option of an example', () => {
    for (const [path, help, isGroup] of helps) {
      if (isGroup) continue;
      const [described = '', examples = ''] = help.split('Examples:\n');
      for (const [option] of examples.matchAll(/--[a-z-]+/g))
        expect([path, described]).toEqual([path, expect.stringContaining(option)]);
    }
  });
});

describe('wrong usage of the CLI', () => {
  it.each([
    ['no command', []],
    ['an unknown command', ['nope']],
    ['a group alone', ['client']],
    ['an unknown command of a group', ['client', 'nope']],
    ['an argument that is missing', ['client', 'show']],
    ['an argument too many', ['client', 'show', 'a', 'b']],
    ['an unknown option', ['client', 'list', '--nope']],
    ['an option that is missing', ['key', 'revoke', 'kid', '--yes']],
    ['a number that is none', ['client', 'list', '--limit', 'many']],
    ['two ways to a password', ['user', 'create', 'ann', '--password-stdin', '--generate-password']],
    ['a question that nobody can answer', ['client', 'delete', 'shop']],
    ['a password that nobody can type', ['user', 'create', 'ann']],
    ['an empty secret', ['client', 'create', 'shop', '--secret-stdin']],
    ['a file that is not there', ['client', 'create', '--metadata', '/nowhere/client.json']],
  ])('%s exits with 2, and says why on standard error', async (_, args) => {
    const { code, stdout, stderr } = await regrant(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).not.toBe('');
  });

  it('names every problem of the environment at once and exits with 1', async () => {
    const { code, stderr } = await regrant(['client', 'list'], { environment: { NODE_ENV: 'production' } });
    expect(code).toBe(1);
    expect(stderr).toMatch(/ISSUER: .*DATABASE_URL: .*REDIS_URL: .*REGRANT_KEYS: /s);
  });
});
