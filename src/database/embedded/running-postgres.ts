import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type LocalPostgres } from './embedded-postgres.js';

/** The name of the embedded server's user, and of its database. */
export const EMBEDDED_NAME = 'regrant';

/** A server as its lock file tells of it. */
interface RunningProcess {
  readonly pid: number;
  readonly port: number;
  /** Whether it has come so far as to take connections. */
  readonly isReady: boolean;
}

/** The lines of `postmaster.pid`: process, folder, start time, port, socket, address, shared memory, status. */
const [PID, PORT, STATUS] = [0, 3, 7];

export function passwordFile(dataDir: string): string {
  return join(dataDir, 'postgres.password');
}

/** The embedded Postgres of another process on the same data folder, or `undefined` where none runs. */
export async function runningPostgres(dataDir: string): Promise<LocalPostgres | undefined> {
  const server = await processIn(join(dataDir, 'postgres'));
  if (!server?.isReady) return undefined;
  const password = (await readFile(passwordFile(dataDir), 'utf8')).trim();
  const url = `postgres://${EMBEDDED_NAME}:${password}@127.0.0.1:${server.port}/${EMBEDDED_NAME}`;
  // It is the other process's to stop.
  return { url, stop: () => Promise.resolve() };
}

/** The Postgres that runs on a folder, as far as its lock file can be read and is no leftover. */
export async function processIn(databaseDir: string): Promise<RunningProcess | undefined> {
  const lines = (await readFile(join(databaseDir, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[PID]);
  if (!pid || !isAlive(pid)) return undefined;
  return { pid, port: Number(lines[PORT]), isReady: lines[STATUS]?.trim() === 'ready' };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
