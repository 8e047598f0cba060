import { Inject, Injectable, Logger } from '@nestjs/common';
import { type Gauge } from 'prom-client';
import { Metrics } from '../metrics/metrics.js';
import { type Probe } from './probes/probe.js';
import { SCRAPE_ERROR } from './scrape-error.js';

export const PROBES = Symbol('PROBES');

/** An answer is good for so long: several scrapers cost no more than one. */
const FRESH_MS = 5_000;
const TIMEOUT_MS = 1_000;

/** Reads all metrics. A server that does not answer leaves its gauges out, and the rest as it is. */
@Injectable()
export class Scrape {
  private readonly logger = new Logger(Scrape.name);
  private readonly errors: Gauge;
  private readonly asking = new Map<Probe, Promise<void>>();
  private readonly askedAt = new Map<Probe, number>();
  private readonly failing = new Set<Probe>();

  constructor(
    private readonly metrics: Metrics,
    @Inject(PROBES) private readonly probes: readonly Probe[],
  ) {
    this.errors = metrics.gauge({ ...SCRAPE_ERROR, labels: ['source'] });
  }

  /** In the text format of Prometheus. */
  async text(): Promise<{ type: string; body: string }> {
    await this.measure();
    const { registry } = this.metrics;
    return { type: registry.contentType, body: await registry.metrics() };
  }

  /** For a supervisor to add up. */
  async values(): Promise<object[]> {
    await this.measure();
    return this.metrics.registry.getMetricsAsJSON();
  }

  private async measure(): Promise<void> {
    await Promise.all(this.probes.map((probe) => this.ask(probe)));
  }

  private async ask(probe: Probe): Promise<void> {
    const { source } = probe;
    if (performance.now() - (this.askedAt.get(probe) ?? -Infinity) < FRESH_MS) return;
    try {
      await within(TIMEOUT_MS, this.measureOnce(probe));
      this.askedAt.set(probe, performance.now());
      this.errors.set({ source }, 0);
      this.failing.delete(probe);
    } catch (error) {
      if (!this.failing.has(probe)) this.logger.warn({ err: error, source }, 'gauges are left out');
      this.failing.add(probe);
      probe.clear();
      this.errors.set({ source }, 1);
    }
  }

  /** One that takes long is not asked again meanwhile. */
  private measureOnce(probe: Probe): Promise<void> {
    let asking = this.asking.get(probe);
    if (!asking) {
      asking = probe.measure().finally(() => this.asking.delete(probe));
      this.asking.set(probe, asking);
    }
    return asking;
  }
}

async function within(milliseconds: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${milliseconds} ms`));
    }, milliseconds);
  });
  try {
    await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
