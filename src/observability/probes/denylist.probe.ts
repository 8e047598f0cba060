import { Injectable } from '@nestjs/common';
import { type Gauge } from 'prom-client';
import { Metrics } from '../../metrics/metrics.js';
import { Denylist } from '../../revocation/denylist/denylist.js';
import { type Probe } from './probe.js';

/** Whether the denylist spares Postgres questions just now. */
@Injectable()
export class DenylistProbe implements Probe {
  readonly source = 'denylist';
  private readonly believed: Gauge;

  constructor(
    metrics: Metrics,
    private readonly denylist: Denylist,
  ) {
    this.believed = metrics.gauge({
      name: 'regrant_denylist_believed',
      help: 'Whether the denylist has its lease and is believed; while 0, every token is looked up in Postgres.',
      aggregator: 'min',
    });
  }

  async measure(): Promise<void> {
    this.believed.set((await this.denylist.isBelieved()) ? 1 : 0);
  }

  clear(): void {
    this.believed.remove();
  }
}
