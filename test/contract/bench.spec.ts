import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type PostgresServer, startPostgres } from '../support/postgres-server.js';

interface Results {
  readonly rows: readonly { name: string; measurements: readonly { errors: number }[] }[];
  readonly summary: readonly { name: string; rate: { median: number }; ratios: Record<string, unknown> }[];
  readonly table: { updates: number; hot: number };
  readonly problems: readonly string[];
}

/** A row of the benchmark, which is JavaScript that this project's type check leaves out. */
interface Row {
  load(work: object): { slice(seconds: number): Promise<{ answers: number; errors: number }> };
}

const PROGRAM = fileURLToPath(new URL('../../bench/run.mjs', import.meta.url));
const GATEWAY_PROGRAM = fileURLToPath(new URL('../../bench/gateway.mjs', import.meta.url));
const GATEWAY = new URL('../../bench/rows/gateway.mjs', import.meta.url).href;
const REFRESH = new URL('../../bench/rows/refresh.mjs', import.meta.url).href;

/** One whose commits are durable: that of the run may not be. */
let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

/** Runs the benchmark; it rejects when the benchmark fails. */
function bench(args: readonly string[], databaseUrl = postgres.url, program = PROGRAM) {
  const env = { ...process.env, DATABASE_URL: databaseUrl, REDIS_URL: process.env.TEST_REDIS_URL };
  return promisify(execFile)(process.execPath, [program, ...args], { env });
}

describe('the benchmark', () => {
  it('runs every row, finds no wrong answer and writes what it measured', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'regrant-bench-'));
    const [json, svg] = [join(folder, 'bench.json'), join(folder, 'bench.svg')];
    try {
      const options = ['--quick', '--seconds', '0.3', '--connections', '16', '--json', json, '--svg', svg];
      const { stdout } = await bench(options);
      const { rows, summary, table, problems } = JSON.parse(await readFile(json, 'utf8')) as Results;
      expect(rows.map(({ name }) => name)).toEqual([
        'refresh',
        'refresh-two-workers',
        'refresh-unbatched',
        'refresh-unrotated',
        'client-credentials',
        'introspect',
        'revoke',
        'update',
        'bare-post',
      ]);
      expect(problems).toEqual([]);
      expect(summary.filter(({ rate }) => rate.median === 0)).toEqual([]);
      expect(summary.map(({ ratios }) => Object.keys(ratios))).toEqual(rows.map(() => ['UPDATE', 'POST']));
      expect(table.updates).toBeGreaterThan(0);
      expect(stdout).toContain('bare Fastify POST');
      expect(await readFile(svg, 'utf8')).toContain('<svg xmlns="http://www.w3.org/2000/svg"');
    } finally {
      await rm(folder, { recursive: true });
    }
  }, 300_000);

  it.each([
    [['--only', 'refesh'], /no row is called refesh/],
    [['--rounds', '1.5'], /--rounds must be a whole number/],
  ])('refuses %j', async (args, problem) => {
    await expect(bench(args)).rejects.toThrow(problem);
  });

  it('refuses a Postgres whose commits are not durable', async () => {
    const url = new URL(postgres.url);
    url.searchParams.set('options', '-c synchronous_commit=off');
    await expect(bench(['--quick'], url.href)).rejects.toThrow('not durable: synchronous_commit is off');
  });

  it.each([
    ['the presented token again', 200, { refresh_token: 'rgr_first' }],
    ['no refresh token', 200, {}],
    ['an error', 503, { error: 'temporarily_unavailable' }],
  ])('counts a refresh that is answered with %s as wrong', async (_, status, extra) => {
    const body = JSON.stringify({ access_token: 'a', token_type: 'Bearer', expires_in: 60, ...extra });
    const server = createServer((_request, response) => {
      response.writeHead(status, { 'content-length': body.length }).end(body);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const { refresh } = (await import(REFRESH)) as { refresh: Row };
    const credentials = { id: 'client', secret: 'secret' };
    const families = [{ id: 'family', token: 'rgr_first' }];
    const { answers, errors } = await refresh
      .load({ port, credentials, families, connections: 1 })
      .slice(0.05);
    server.close();
    expect(answers).toBeGreaterThan(0);
    expect(errors).toBe(answers);
  });

  it('measures the gateway beside the bare proxy library, and finds no wrong answer', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'regrant-bench-'));
    const json = join(folder, 'gateway.json');
    try {
      const options = ['--quick', '--seconds', '0.3', '--connections', '8', '--json', json];
      const { stdout } = await bench(options, undefined, GATEWAY_PROGRAM);
      const { rows, summary, problems } = JSON.parse(await readFile(json, 'utf8')) as Results;
      expect(rows.slice(0, 2).map(({ name }) => name)).toEqual(['gateway', 'bare-proxy']);
      expect(problems).toEqual([]);
      expect(summary.filter(({ rate }) => rate.median === 0)).toEqual([]);
      expect(stdout).toMatch(/^gateway: \d\.\d\d \(.*\) of the bare library; the aim of 0\.70 is/m);
    } finally {
      await rm(folder, { recursive: true });
    }
  }, 300_000);

  it.each([
    ['the access token of another', 200, '{"sub":"jane"}', 'all'],
    ['an error', 502, '{"sub":"john"}', 'all'],
    ['what was expected', 200, '{"sub":"john"}', 'none'],
  ])('judges a proxied request whose upstream saw %s', async (_, status, body, wrong) => {
    const server = createServer((_request, response) => {
      response.writeHead(status, { 'content-length': body.length }).end(body);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const { gateway } = (await import(GATEWAY)) as { gateway: Row };
    const asked = [{ header: 'Refresh-Token: token', answer: '{"sub":"john"}' }];
    const { answers, errors } = await gateway.load({ port, asked, connections: 1 }).slice(0.05);
    server.close();
    expect(answers).toBeGreaterThan(0);
    expect(errors).toBe(wrong === 'all' ? answers : 0);
  });
});
