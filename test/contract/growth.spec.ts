import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type PostgresServer, startPostgres } from '../support/postgres-server.js';

interface Table {
  readonly updates: number;
  readonly hot: number;
}

interface Growth {
  readonly sizes: readonly {
    readonly facts: { readonly families: number; readonly sessions: number };
    readonly refresh: { readonly rate: { readonly median: number } };
    readonly introspect: { readonly rate: { readonly median: number } };
    readonly after: Table;
  }[];
  readonly rotations: { readonly count: number };
  readonly purge: { readonly deleted: number; readonly during: { readonly turns: number } };
  readonly problems: readonly string[];
}

const PROGRAM = fileURLToPath(new URL('../../bench/growth.mjs', import.meta.url));
const SMALL = ['--sizes', '2000', '--sessions', '200', '--rounds', '1', '--seconds', '1'];

/** A server of its own: checkpoints are its, and so is what it writes to its log. */
let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

function growth(args: readonly string[]) {
  const env = { ...process.env, DATABASE_URL: postgres.url, REDIS_URL: process.env.TEST_REDIS_URL };
  return promisify(execFile)(process.execPath, [PROGRAM, ...args], { env });
}

describe('the growth report', () => {
  it('fills a table, measures it, rotates and purges, and finds no wrong answer', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'regrant-growth-'));
    const json = join(folder, 'growth.json');
    try {
      const { stdout } = await growth([...SMALL, '--connections', '8', '--rotations', '100', '--json', json]);
      const { sizes, rotations, purge, problems } = JSON.parse(await readFile(json, 'utf8')) as Growth;
      expect(problems).toEqual([]);
      expect(sizes.map(({ facts }) => facts.families)).toEqual([2_000]);
      for (const { facts, refresh, introspect, after } of sizes) {
        expect(facts.sessions).toBeGreaterThan(0);
        expect(refresh.rate.median).toBeGreaterThan(0);
        expect(introspect.rate.median).toBeGreaterThan(0);
        expect(after.updates).toBeGreaterThan(0);
      }
      expect(rotations.count).toBeGreaterThanOrEqual(100);
      expect(purge.deleted).toBeGreaterThan(0);
      expect(purge.during.turns).toBeGreaterThan(0);
      expect(stdout).toMatch(/^\| families +\| +2,000 \|$/m);
    } finally {
      await rm(folder, { recursive: true });
    }
  }, 180_000);

  it.each([
    [['--sizes', '0'], /--sizes must be whole and above 0/],
    [['--rounds', 'many'], /--rounds must be whole and above 0/],
    [['--families', '5'], /'--families'/],
  ])('refuses %j', async (args, problem) => {
    await expect(growth(args)).rejects.toThrow(problem);
  });
});
