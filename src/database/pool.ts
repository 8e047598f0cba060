import { type Pool, type PoolClient } from 'pg';
import { type DataSource } from 'typeorm';

/** The pool that TypeORM has made: hot statements run on the same connections. */
export function poolOf(dataSource: DataSource): Pool {
  return (dataSource.driver as unknown as { master: Pool }).master;
}

/**
 * Keeps a connection that is cut off from ending the process.
 *
 * The pool stops listening for errors as it hands a connection out, and who asked for it begins to only
 * some ticks later. A server that shuts down in between raises an error that nobody hears. It needs no
 * more than to be heard: the next query on the connection fails, and the pool drops it.
 */
export function hearEveryError(pool: Pool): void {
  const heard = new WeakSet<PoolClient>();
  pool.on('acquire', (client) => {
    if (heard.has(client)) return;
    heard.add(client);
    client.on('error', () => undefined);
  });
}
