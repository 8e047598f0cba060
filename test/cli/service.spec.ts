import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { regrant, regrantJson, regrantOnTerminal } from '../support/cli.js';
import { testEnvironment, type TestEnvironment } from '../support/environment.js';
import { createEmptyDatabase, type TestDatabase } from '../support/test-database.js';

const PATIENCE_MS = 120_000;

describe('the CLI on a database that no server has seen', () => {
  let database: TestDatabase;
  let environment: TestEnvironment;
  let folder: string;
  beforeAll(async () => {
    database = await createEmptyDatabase();
    environment = testEnvironment(database.url, 1, { DEMO_ACCOUNTS: 'false' });
    folder = await mkdtemp(join(tmpdir(), 'regrant-cli-'));
  }, PATIENCE_MS);
  afterAll(async () => {
    await database.drop();
    await rm(folder, { recursive: true });
  });

  const count = async (table: string) => {
    const { rows } = await database.pool.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${table}`,
    );
    return rows[0]?.count;
  };
  const verify = (...args: string[]) => regrant(['audit', 'verify', ...args, '--json'], { environment });

  it(
    'migrates when told to, and before that does nothing but say so',
    async () => {
      const early = await regrant(['client', 'list'], { environment, ownProcess: true });
      expect(early).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(/run `regrant migrate`/),
      });
      const check = await regrant(['migrate', '--check', '--json'], { environment, ownProcess: true });
      expect(check.code).toBe(3);
      const { pending } = JSON.parse(check.stdout) as { pending: string[] };
      expect(pending.length).toBeGreaterThan(1);
      expect(await regrantJson(['migrate'], { environment, ownProcess: true })).toEqual({ applied: pending });
      expect(await count('schema_migration')).toBe(pending.length);
      expect(await regrantJson(['migrate', '--check'], { environment, ownProcess: true })).toEqual({
        pending: [],
      });
    },
    PATIENCE_MS,
  );

  it(
    'leaves to servers what servers do in the background',
    async () => {
      await regrantJson(['client', 'create', 'shop'], { environment, ownProcess: true });
      expect(await count('client')).toBe(1);
      for (const table of ['token_key', 'sweep', 'user_account'])
        expect([table, await count(table)]).toEqual([table, 0]);
      const lease = await database.pool.query('SELECT 1 FROM denylist_lease WHERE keeper IS NOT NULL');
      expect(lease.rowCount).toBe(0);
    },
    PATIENCE_MS,
  );

  it(
    'purges what is over, with a bar on a terminal, and the log has it',
    async () => {
      await database.pool.query(
        `INSERT INTO token_family (id, user_id, client_id, key_version, token_hash, scopes, audiences, auth_time,
         issued_at, expires_at)
       SELECT gen_random_uuid(), gen_random_uuid(), 'shop', 1, '\\x00', '{}', '{}', now(),
         now() - interval '900 days', now() - make_interval(days => 800 * (n % 2))
       FROM generate_series(1, 10) n`,
      );
      const purged = await regrantOnTerminal(['purge'], { environment });
      expect(purged).toMatchObject({ code: 0, stdout: expect.stringMatching(/purging token families \[/) });
      expect(await count('token_family')).toBe(5);
      const { items } = await regrantJson<{ items: unknown[] }>(['audit', 'list', '--limit', '1'], {
        environment,
      });
      expect(items).toMatchObject([{ action: 'data.purged', actor: { type: 'operator' } }]);
    },
    PATIENCE_MS,
  );

  it(
    'exports the log to a file of its owner alone, which it never overwrites',
    async () => {
      const file = join(folder, 'audit.ndjson');
      expect(await regrantJson(['audit', 'export', file], { environment })).toEqual({ file, exported: 2 });
      const lines = (await readFile(file, 'utf8')).trim().split('\n');
      expect(lines.map((line) => (JSON.parse(line) as { action: string }).action)).toEqual([
        'data.purged',
        'client.created',
      ]);
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect((await regrant(['audit', 'export', file], { environment })).code).toBe(2);
      const piped = await regrant(['audit', 'export', '-', '--action', 'client.created'], { environment });
      expect(piped.stdout).toBe(`${lines[1]}\n`);
    },
    PATIENCE_MS,
  );

  it(
    'verifies the log, also against an earlier head, and exits with 1 once someone has changed it',
    async () => {
      const intact = JSON.parse((await verify()).stdout) as {
        intact: boolean;
        head: { sequence: number; mac: string };
      };
      expect(intact).toMatchObject({ intact: true, verified: 2 });
      const { sequence, mac } = intact.head;
      expect((await verify('--anchor', `${sequence}:${mac}`)).code).toBe(0);
      expect((await verify('--anchor', `${sequence}:${mac.replaceAll(/./g, '0')}`)).code).toBe(1);
      await database.pool.query(
        `ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_append_only;
         UPDATE audit_entry SET document = replace(document::text, 'shop', 'cart')::json WHERE sequence = 1`,
      );
      const changed = await verify();
      expect(changed.code).toBe(1);
      expect(JSON.parse(changed.stdout)).toMatchObject({ broken: { sequence: 1, problem: 'changed_entry' } });
    },
    PATIENCE_MS,
  );

  it(
    'says that the database does not answer, and not where it is',
    async () => {
      const away = { ...environment, DATABASE_URL: 'postgres://someone:hunter2@127.0.0.1:1/none' };
      const { code, stdout, stderr } = await regrant(['client', 'list'], { environment: away });
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toBe('error: the database does not answer (ECONNREFUSED)\n');
    },
    PATIENCE_MS,
  );

  it(
    'shows every setting but those that are secret',
    async () => {
      const secrets = {
        DATABASE_URL: 'postgres://someone:hunter2@127.0.0.1:1/none',
        REDIS_URL: 'redis://someone:hunter2@127.0.0.1:1',
        ADMIN_CLIENT_SECRET: 'hunter2 hunter2 hunter2',
        REGRANT_KEYS: `1:${randomBytes(32).toString('base64url')}`,
      };
      const { code, stdout } = await regrant(['config', '--json'], {
        environment: { ...environment, ...secrets },
      });
      expect(code).toBe(0);
      for (const secret of ['hunter2', secrets.REGRANT_KEYS.slice(2)]) expect(stdout).not.toContain(secret);
      const { items } = JSON.parse(stdout) as { items: { name: string }[] };
      expect(items.find(({ name }) => name === 'SIGNING_ALGORITHMS')).toMatchObject({
        value: ['ES256'],
        source: 'environment',
      });
      expect(items.find(({ name }) => name === 'DATABASE_URL')).toMatchObject({ is_secret: true });
    },
    PATIENCE_MS,
  );
});
