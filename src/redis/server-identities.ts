import { type Redis } from 'ioredis';

/**
 * Which server a connection leads to, by its `run_id`: another after every start of a server and after a
 * failover. What was known of one server says nothing about the next, however much it looks like it.
 */
export class ServerIdentities {
  private readonly ids = new WeakMap<Redis, string>();
  private readonly watched = new WeakSet<Redis>();

  /** @returns `undefined` while the connection is not up, or has not said yet */
  of(connection: Redis): string | undefined {
    if (!this.watched.has(connection)) this.watch(connection);
    return connection.status === 'ready' ? this.ids.get(connection) : undefined;
  }

  private watch(connection: Redis): void {
    this.watched.add(connection);
    connection.on('ready', () => {
      this.learn(connection);
    });
    connection.on('close', () => this.ids.delete(connection));
    // A connection of a cluster is made by its first command.
    if (connection.status === 'ready' || connection.status === 'wait') this.learn(connection);
  }

  private learn(connection: Redis): void {
    connection.info('server').then(
      (text) => {
        const [, id] = /^run_id:(\w+)/m.exec(text) ?? [];
        if (id !== undefined) this.ids.set(connection, id);
      },
      () => {
        // A connection that was lost comes again; one that only was slow is asked anew.
        if (connection.status === 'ready')
          setTimeout(() => {
            this.learn(connection);
          }, 100).unref();
      },
    );
  }
}
