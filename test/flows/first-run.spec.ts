import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../support/free-port.js';
import { firstRefreshToken, refresh, signIn } from '../support/oauth.js';
import { type ServiceProcess, startProgram } from '../support/service-process.js';

const run = promisify(execFile);

/** The built program with nothing but a folder and a port: no database, no Redis, no keys. */
describe('first run on a bare machine', () => {
  let folder: string;
  let port: number;
  let service: ServiceProcess;
  const start = async () => {
    service = await startProgram({ DATA_DIR: join(folder, 'data'), HTTP_PORT: String(port) }, port, folder);
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'regrant-first-run-'));
    port = await freePort();
    await start();
  }, 120_000);
  afterAll(async () => {
    await service.stop();
    // As root the database may lie elsewhere, where the user `postgres` can reach it.
    const database = await realpath(join(folder, 'data', 'postgres'));
    await Promise.all([folder, database].map((path) => rm(path, { recursive: true, force: true })));
  }, 60_000);

  it('prints three commands that do the whole flow when pasted', async () => {
    const commands = service.output().match(/^ {2}curl .*$/gm) ?? [];
    expect(commands).toHaveLength(3);
    const answers: Record<string, unknown>[] = [];
    for (const command of commands) {
      const { stdout } = await run('bash', ['-c', command], { cwd: folder });
      answers.push(JSON.parse(stdout) as Record<string, unknown>);
    }
    const [first, second, retry] = answers.map(({ refresh_token }) => refresh_token);
    expect(second).toMatch(/^rgr_/);
    expect(second).not.toBe(first);
    expect(retry).toBe(second);
  });

  it('keeps its generated key and password readable to the owner only', async () => {
    for (const file of ['root.key', 'postgres.password']) {
      expect((await stat(join(folder, 'data', file))).mode & 0o777).toBe(0o600);
    }
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)(
    'still honours what it issued after %s and a restart',
    async (signal) => {
      const token = await firstRefreshToken(service.url);
      await service.stop(signal);
      await start();
      const answer = await refresh(service.url, token);
      expect(answer.status).toBe(200);
      expect((await refresh(service.url, token)).body.refresh_token).toBe(answer.body.refresh_token);
    },
    60_000,
  );

  it('answers the requests under way before it stops', async () => {
    const underWay = Array.from({ length: 24 }, () => signIn(service.url));
    await Promise.race(underWay);
    const [code, answers] = await Promise.all([service.stop('SIGTERM'), Promise.allSettled(underWay)]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 'fulfilled'));
    expect(code).toBe(0);
    await start();
  }, 120_000);

  it('says so when another instance uses its folder, and leaves that one alone', async () => {
    const other = await freePort();
    const attempt = startProgram({ DATA_DIR: join(folder, 'data'), HTTP_PORT: String(other) }, other, folder);
    await expect(attempt).rejects.toThrow(/already runs on .*Stop that one, or set DATA_DIR/s);
    expect((await signIn(service.url)).status).toBe(200);
  }, 120_000);
});
