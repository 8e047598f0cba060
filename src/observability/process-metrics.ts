import { Injectable } from '@nestjs/common';
import { readFileSync } from 'node:fs';
import { collectDefaultMetrics } from 'prom-client';
import { Metrics } from '../metrics/metrics.js';

/** Also beside `dist/`. */
const PACKAGE = new URL('../../package.json', import.meta.url);

/** What this process is, and how it does: by the names that prom-client's users know, `process_*` and `nodejs_*`. */
@Injectable()
export class ProcessMetrics {
  constructor(private readonly metrics: Metrics) {
    const { version } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string };
    metrics
      .gauge({
        name: 'regrant_build_info',
        help: 'Always 1; the labels name the version of the service and of Node.js.',
        labels: ['version', 'node'],
        aggregator: 'max',
      })
      .set({ version, node: process.version }, 1);
  }

  /** Begins to watch the event loop and the garbage collector, for as long as the process lives. */
  start(): void {
    collectDefaultMetrics({ register: this.metrics.registry });
  }
}
