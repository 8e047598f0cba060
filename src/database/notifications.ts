import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { type Pool, type PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { DIRECT_DATA_SOURCE } from './direct-data-source.js';
import { poolOf } from './pool.js';

const RECONNECT_MS = 500;

/**
 * Listens to Postgres' notifications on a connection of its own, and gets a new one when it is lost.
 *
 * A notification can be lost with the connection, so the listener is called after each reconnection too: it
 * must look for itself what there is.
 */
@Injectable()
export class Notifications implements OnModuleDestroy {
  private readonly logger = new Logger(Notifications.name);
  private readonly connections = new Set<PoolClient>();
  private readonly closing = new AbortController();

  constructor(@Inject(DIRECT_DATA_SOURCE) private readonly dataSource: DataSource) {}

  listen(channel: string, listener: () => void): void {
    void this.connect(channel, listener);
  }

  /** Before the pool ends, which would wait for these connections. */
  onModuleDestroy(): void {
    this.closing.abort();
    for (const connection of this.connections) connection.release(true);
    this.connections.clear();
  }

  private async connect(channel: string, listener: () => void): Promise<void> {
    if (this.isClosing()) return;
    const connection = await this.pool.connect().catch(() => undefined);
    if (!connection) {
      this.logger.warn(`not listening to ${channel}: no connection`);
      this.retry(channel, listener);
    } else if (this.isClosing()) {
      connection.release(true);
    } else {
      await this.listenOn(connection, channel, listener);
    }
  }

  private async listenOn(connection: PoolClient, channel: string, listener: () => void): Promise<void> {
    const lost = () => {
      this.lost(connection, channel, listener);
    };
    this.connections.add(connection);
    // Every error must be heard, and a connection that is cut off raises more than one.
    connection.on('notification', listener).on('error', lost).once('end', lost);
    await connection.query(`LISTEN ${channel}`).then(listener, lost);
  }

  private lost(connection: PoolClient, channel: string, listener: () => void): void {
    if (!this.connections.delete(connection)) return;
    connection.release(true);
    this.retry(channel, listener);
  }

  private retry(channel: string, listener: () => void): void {
    if (!this.closing.signal.aborted)
      setTimeout(() => void this.connect(channel, listener), RECONNECT_MS).unref();
  }

  private get pool(): Pool {
    return poolOf(this.dataSource);
  }

  private isClosing(): boolean {
    return this.closing.signal.aborted;
  }
}
