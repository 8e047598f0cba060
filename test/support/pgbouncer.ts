import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { programOrInstall } from './apt-program.js';
import { freePort } from './free-port.js';
import { untilListening } from './redis-server.js';

/** A PgBouncer in transaction mode, in front of one database. */
export interface PgBouncer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts the `pgbouncer` of the PATH; installs one where there is none and it may. */
export async function startPgBouncer(databaseUrl: string, connections: number): Promise<PgBouncer> {
  const program = programOrInstall(
    ['pgbouncer'],
    'pgbouncer',
    'This test needs PgBouncer: install pgbouncer.',
  );
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
