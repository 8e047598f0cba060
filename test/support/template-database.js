import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { execute } from './execute.js';

const PROGRAM = fileURLToPath(new URL('../../dist/main-cli.js', import.meta.url));

/**
 * An up to date database that those of the tests are copies of: its migrations run once.
 *
 * @param {string} server the URL of a database of the server
 * @returns {Promise<{ url: string, stop(): Promise<void> }>}
 */
export async function createTemplate(server) {
  const name = `regrant_template_${randomBytes(6).toString('hex')}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  await execute(server, `CREATE DATABASE ${name}`);
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, NODE_ENV: 'test', DATABASE_URL: url.href };
  await promisify(execFile)(process.execPath, [PROGRAM, 'migrate'], { env });
  return { url: url.href, stop: () => execute(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}
