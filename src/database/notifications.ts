import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { type Pool, type PoolClient } from 'pg';
import { DataSource } from 'typeorm';

const RECONNECT_MS = 500;

/**
 * Listens to Postgres' notifications on a connection of its own, and gets a new one when it is lost.
 *
 * A notification can be lost with the connection, so the listener is called after each reconnection too: it
 * must look for itself what there is.
 */
@Injectable()
export class Notifications implements OnApplicationShutdown {
  private readonly logger = new Logger(Notifications.name);
  private readonly connections = new Set<PoolClient>();
  private isClosing = false;

  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  listen(channel: string, listener: () => void): void {
    void this.connect(channel, listener);
  }

  onApplicationShutdown(): void {
    this.isClosing = true;
    for (const connection of this.connections) connection.release(true);
    this.connections.clear();
  }

  private async connect(channel: string, listener: () => void): Promise<void> {
    if (this.isClosing) return;
    try {
      const connection = await this.pool.connect();
      connection.on('notification', listener);
      connection.once('error', () => {
        this.lost(connection, channel, listener);
      });
      this.connections.add(connection);
      await connection.query(`LISTEN ${channel}`);
      listener();
    } catch (error) {
      this.logger.warn(`not listening to ${channel}: ${String(error)}`);
      this.retry(channel, listener);
    }
  }

  private lost(connection: PoolClient, channel: string, listener: () => void): void {
    if (!this.connections.delete(connection)) return;
    connection.release(true);
    this.retry(channel, listener);
  }

  private retry(channel: string, listener: () => void): void {
    if (!this.isClosing) setTimeout(() => void this.connect(channel, listener), RECONNECT_MS).unref();
  }

  private get pool(): Pool {
    return (this.dataSource.driver as unknown as { master: Pool }).master;
  }
}
