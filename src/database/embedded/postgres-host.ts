import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type EmbeddedOptions, type HostMessage } from './embedded-postgres.js';
import { EMBEDDED_NAME, passwordFile, processIn } from './running-postgres.js';
import { databaseDirectory, importEmbeddedPostgres, isRoot } from './root-workarounds.js';

/** The process that holds the embedded Postgres; it ends when its parent does. */
const LOCK_WAIT_MS = 10_000;
/** Kept to explain a failed start. */
const LOG_LINES = 50;

function answer(message: HostMessage): void {
  process.send?.(message);
}

async function main(dataDir: string, { port, parameters = [] }: EmbeddedOptions): Promise<void> {
  // The user `postgres` must be able to enter what root makes for it.
  process.umask(0o022);
  await mkdir(dataDir, { recursive: true });
  const databaseDir = await databaseDirectory(dataDir);
  await waitForPreviousServer(databaseDir);
  const password = await storedPassword(dataDir);
  const listenPort = port ?? (await freePort());
  const { default: Postgres } = await importEmbeddedPostgres();
  const log: string[] = [];
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', ...parameters];
  const server = new Postgres({
    databaseDir,
    user: EMBEDDED_NAME,
    password,
    port: listenPort,
    persistent: true,
    authMethod: 'scram-sha-256',
    createPostgresUser: isRoot(),
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: settings.flatMap((setting) => ['-c', setting]),
    onLog: (message: string) => {
      log.push(message);
      log.splice(0, log.length - LOG_LINES);
    },
    onError: (message: unknown) => log.push(String(message)),
  });
  process.on('disconnect', () => void server.stop().finally(() => process.exit(0)));
  try {
    if (!existsSync(join(databaseDir, 'PG_VERSION'))) await server.initialise();
    await server.start();
    const client = server.getPgClient('postgres', '127.0.0.1');
    await client.connect();
    const known = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [EMBEDDED_NAME]);
    if (known.rowCount === 0) await client.query(`CREATE DATABASE ${EMBEDDED_NAME}`);
    await client.end();
  } catch (error) {
    throw new Error(`the embedded Postgres did not start: ${String(error)}\n${log.join('')}`, {
      cause: error,
    });
  }
  answer({ url: `postgres://${EMBEDDED_NAME}:${password}@127.0.0.1:${listenPort}/${EMBEDDED_NAME}` });
}

/** After a `kill -9` the previous host may still be shutting its server down: wait for the lock file to go. */
async function waitForPreviousServer(databaseDir: string): Promise<void> {
  const deadline = Date.now() + LOCK_WAIT_MS;
  for (;;) {
    const pid = (await processIn(databaseDir))?.pid;
    if (pid === undefined) return;
    if (Date.now() > deadline) {
      throw new Error(
        `Postgres (process ${pid}) already runs on ${databaseDir}: is another Regrant using it? ` +
          'Stop that one, or set DATA_DIR to a folder of its own.',
      );
    }
    await delay(100);
  }
}

async function storedPassword(dataDir: string): Promise<string> {
  const file = passwordFile(dataDir);
  if (!existsSync(file)) {
    await writeFile(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
    await chmod(file, 0o600);
  }
  return (await readFile(file, 'utf8')).trim();
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
  });
}

main(process.argv[2] ?? '.data', JSON.parse(process.argv[3] ?? '{}') as EmbeddedOptions).catch(
  (error: unknown) => {
    answer({ error: error instanceof Error ? error.message : String(error) });
    process.exitCode = 1;
    process.disconnect();
  },
);
