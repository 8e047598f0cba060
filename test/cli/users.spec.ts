import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { regrant, regrantJson, regrantOnTerminal } from '../support/cli.js';
import { type ManagementClient, startManaged } from '../support/management.js';
import { DEMO, tokenRequest } from '../support/oauth.js';
import { type TestApp } from '../support/test-app.js';

const PATIENCE_MS = 120_000;
const PASSWORD = 'correct horse battery staple';

describe('users at the shell', () => {
  let service: TestApp & { readonly admin: ManagementClient };
  let folder: string;
  beforeAll(async () => {
    service = await startManaged();
    folder = await mkdtemp(join(tmpdir(), 'regrant-cli-'));
  }, PATIENCE_MS);
  afterAll(async () => {
    await service.stop();
    await rm(folder, { recursive: true });
  });

  const signsIn = async (username: string, password: string) =>
    (await tokenRequest(service.url, DEMO, { grant_type: 'password', username, password })).status === 200;

  it(
    'a user signs in with the password that standard input held, which nothing has shown or logged',
    async () => {
      const { environment } = service;
      const args = ['user', 'create', 'ann', '--email', 'ann@example.com', '--password-stdin'];
      const { code, stdout, stderr } = await regrant(args, { environment, input: PASSWORD });
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).not.toContain(PASSWORD);
      expect(await signsIn('ann', PASSWORD)).toBe(true);
      const { text, body } = await service.admin.get('/audit?action=user.created');
      expect(body.items).toMatchObject([{ actor: { type: 'operator', id: userInfo().username } }]);
      expect(text).not.toContain(PASSWORD);
    },
    PATIENCE_MS,
  );

  it(
    'roles are set and shown by user name; who or what there is not is told',
    async () => {
      const { environment } = service;
      await regrant(['user', 'create', 'rita', '--without-password'], { environment });
      const set = ['user', 'roles', 'rita', '--set', 'auditor', '--set', 'support'];
      const roles = ['auditor', 'support'];
      expect(await regrantJson(set, { environment })).toEqual({ username: 'rita', roles });
      expect(await regrantJson(['user', 'roles', 'rita'], { environment })).toEqual({
        username: 'rita',
        roles,
      });
      expect(await regrant(['user', 'roles', 'rita', '--set', 'king'], { environment })).toMatchObject({
        code: 2,
      });
      expect(await regrant(['user', 'roles', 'nobody'], { environment })).toMatchObject({ code: 3 });
      const none = await regrantJson(['user', 'roles', 'rita', '--none'], { environment });
      expect(none).toEqual({ username: 'rita', roles: [] });
    },
    PATIENCE_MS,
  );

  it(
    'a password that is made up is in the document, this once',
    async () => {
      const { environment } = service;
      const args = ['user', 'create', 'bob', '--generate-password'];
      const { password } = await regrantJson<{ password: string }>(args, { environment });
      expect(await signsIn('bob', password)).toBe(true);
      const listed = await regrantJson(['user', 'list', '--prefix', 'bob'], { environment });
      expect(listed).toMatchObject({ items: [{ username: 'bob', has_password: true }] });
      expect(JSON.stringify(listed)).not.toContain(password);
    },
    PATIENCE_MS,
  );

  it(
    'a password that is typed, twice, is not to be seen on the terminal',
    async () => {
      const { environment } = service;
      const args = ['user', 'create', 'eve'];
      const typed = await regrantOnTerminal(args, { environment }, [PASSWORD, PASSWORD]);
      expect(typed.stdout).toMatch(/password: .*password again: /s);
      expect(typed).toMatchObject({ code: 0, stdout: expect.not.stringContaining(PASSWORD) });
      expect(await signsIn('eve', PASSWORD)).toBe(true);
      const differing = await regrantOnTerminal(['user', 'create', 'mallory'], { environment }, [
        PASSWORD,
        'else',
      ]);
      expect(differing).toMatchObject({ code: 2, stdout: expect.stringContaining('the two differ') });
    },
    PATIENCE_MS,
  );

  it(
    'imports a file, with a bar on a terminal, tells of bad lines, and passes over who is there the next time',
    async () => {
      const { environment } = service;
      const file = join(folder, 'users.ndjson');
      const lines = [{ username: 'imported', password: PASSWORD }, { username: ' ' }, { username: 'second' }];
      await writeFile(file, lines.map((line) => JSON.stringify(line)).join('\n'));
      const first = await regrantOnTerminal(['user', 'import', file], { environment });
      expect(first).toMatchObject({
        code: 3,
        stdout: expect.stringMatching(/importing \[.*2 created, 0 skipped, 1 failed/s),
      });
      expect(first.stdout).toMatch(/line 2: #\/username /);
      expect(await signsIn('imported', PASSWORD)).toBe(true);
      const again = await regrant(['user', 'import', file, '--skip-existing', '--json'], { environment });
      expect(JSON.parse(again.stdout)).toMatchObject({ created: 0, skipped: 2, failed: 1 });
      expect([again.code, again.stderr]).toEqual([3, '']);
    },
    PATIENCE_MS,
  );
});
