import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Metrics } from '../metrics/metrics.js';
import { poolOf } from './pool.js';

/** Tells how busy this process's connections to Postgres are. */
@Injectable()
export class PoolMetrics {
  constructor(metrics: Metrics, dataSource: DataSource) {
    const pool = poolOf(dataSource);
    metrics.gauge({
      name: 'regrant_postgres_connections',
      help: 'Connections to Postgres, by whether a statement or transaction has them.',
      labels: ['state'],
      collect: (gauge) => {
        gauge.set({ state: 'in_use' }, pool.totalCount - pool.idleCount);
        gauge.set({ state: 'idle' }, pool.idleCount);
      },
    });
    metrics.gauge({
      name: 'regrant_postgres_connections_max',
      help: 'Connections to Postgres that may be open: DATABASE_POOL_SIZE.',
      collect: (gauge) => {
        gauge.set(pool.options.max);
      },
    });
    metrics.gauge({
      name: 'regrant_postgres_waiting',
      help: 'Statements and transactions that wait for a connection.',
      collect: (gauge) => {
        gauge.set(pool.waitingCount);
      },
    });
  }
}
