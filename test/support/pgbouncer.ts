import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from './free-port.js';
import { untilListening } from './redis-server.js';

/** A PgBouncer in transaction mode, in front of one database. */
export interface PgBouncer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts the `pgbouncer` of the PATH; installs one where there is none and it may. */
export async function startPgBouncer(databaseUrl: string, connections: number): Promise<PgBouncer> {
  const program = findProgram() ?? installProgram();
  const folder = await mkdtemp(join(tmpdir(), 'regrant-pgbouncer-'));
  await chmod(folder, 0o755);
  const port = await freePort();
  const { hostname, port: databasePort, username, password, pathname } = new URL(databaseUrl);
  const name = pathname.slice(1);
  const target = `host=${hostname} port=${databasePort || '5432'} user=${username} password=${decodeURIComponent(password)}`;
  const file = join(folder, 'pgbouncer.ini');
  const lines = [
    '[databases]',
    `${name} = ${target} dbname=${name}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = any',
    'pool_mode = transaction',
    `default_pool_size = ${connections}`,
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  // It refuses to run as root.
  const user = userInfo().uid === 0 ? ['--user', 'nobody'] : [];
  const child = spawn(program, [...user, file], { stdio: 'ignore' });
  await untilListening(port);
  return {
    url: `postgres://${username}@127.0.0.1:${port}/${name}`,
    stop: async () => {
      const exit = once(child, 'exit');
      if (child.kill('SIGKILL')) await exit;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function findProgram(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'];
  return folders.map((folder) => join(folder, 'pgbouncer')).find((path) => existsSync(path));
}

function installProgram(): string {
  try {
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'ignore' });
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    execFileSync('apt-get', ['install', '-y', '-qq', 'pgbouncer'], { stdio: 'ignore', env });
  } catch {
    // Judged by what is there afterwards.
  }
  const program = findProgram();
  if (program !== undefined) return program;
  throw new Error('This test needs PgBouncer: install pgbouncer.');
}
