import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';

/** The program that `npm start` uses on its first run, built: global set-up can't read TypeScript. */
const PROGRAM = new URL('../../dist/database/embedded/embedded-postgres.js', import.meta.url).href;

/**
 * A Postgres of a test's own, which it may stop and start again.
 *
 * @typedef {object} PostgresServer
 * @property {string} url of a superuser's database
 * @property {number} port
 * @property {string} directory its data directory, to look for secrets in
 * @property {() => Promise<void>} pause stops it, its files kept
 * @property {() => Promise<void>} resume
 * @property {() => Promise<void>} stop stops it for good and removes its files
 */

/**
 * @param {readonly string[]} [parameters] of the server, `name=value`
 * @returns {Promise<PostgresServer>}
 */
export async function startPostgres(parameters = []) {
  /** @type {unknown} */
  const module = await import(PROGRAM);
  const { EmbeddedPostgres } =
    /** @type {typeof import('../../src/database/embedded/embedded-postgres.js')} */ (module);
  const folder = await mkdtemp(join(tmpdir(), 'regrant-postgres-'));
  // So that the user `postgres` can enter it when the tests run as root.
  await chmod(folder, 0o711);
  const port = await freePort();
  const start = () =>
    EmbeddedPostgres.start(folder, { port, parameters: ['max_connections=400', ...parameters] });
  let server = await start();
  return {
    url: server.url,
    port,
    directory: join(folder, 'postgres'),
    pause: () => server.stop(),
    resume: async () => {
      server = await start();
    },
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
