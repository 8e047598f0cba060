import { startPostgres } from './postgres-server.js';
import { startRedis } from './redis-server.js';
import { createTemplate } from './template-database.js';

/** Servers that this run started. @type {{ stop(): Promise<void> }[]} */
export const servers = [];

/** Of the server that all share: it is thrown away, and where it is killed tests start one of their own. */
const UNSYNCED = ['fsync=off', 'full_page_writes=off'];

/** One Postgres and one Redis for the whole run: those of the environment, or our own. */
export default async function globalSetup() {
  const { DATABASE_URL, REDIS_URL } = process.env;
  process.env.NODE_ENV = 'test';
  process.env.TEST_DATABASE_URL = DATABASE_URL || (await started(startPostgres(UNSYNCED)));
  process.env.TEST_REDIS_URL = REDIS_URL || (await started(startRedis()));
  process.env.TEST_TEMPLATE_URL = await started(createTemplate(process.env.TEST_DATABASE_URL));
  delete process.env.DATABASE_URL;
  delete process.env.REDIS_URL;
}

/**
 * @param {Promise<{ url: string, stop(): Promise<void> }>} starting
 * @returns {Promise<string>}
 */
async function started(starting) {
  const server = await starting;
  servers.push(server);
  return server.url;
}
