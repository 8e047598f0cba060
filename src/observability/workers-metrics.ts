import cluster, { type Worker } from 'node:cluster';
import { AggregatorRegistry } from 'prom-client';
import { SCRAPE_ERROR } from './scrape-error.js';
import { isAnswer, type MetricsRequest } from './worker-metrics.js';

/** A metric as prom-client has it in JSON. */
interface MetricValues {
  readonly name: string;
  readonly type: string;
  readonly values: readonly object[];
}

const TIMEOUT_MS = 2_000;
/** What has to go on from where it was when the worker that counted it is gone. */
const CUMULATIVE = ['counter', 'histogram'];

/**
 * Adds up the metrics of all workers. Not by prom-client's own `clusterMetrics`, for which one worker that does
 * not answer, because it is still starting, is a failure; and for which a worker that died takes its counts along,
 * so that Prometheus would take the rest for a restart and count it twice.
 */
export class WorkersMetrics {
  private readonly latest = new Map<number, MetricValues[]>();
  private gone: MetricValues[] = [];
  private requests = 0;

  constructor() {
    cluster.on('exit', ({ id }) => void this.bury(id));
  }

  /** In the text format of Prometheus: what the workers answer within two seconds. */
  async text(): Promise<{ type: string; body: string }> {
    const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
    const answers = await Promise.all(workers.map((worker) => this.ask(worker)));
    const answered = answers.filter((metrics) => metrics !== undefined);
    const isComplete = answered.length === workers.length;
    const sum = AggregatorRegistry.aggregate([this.gone, [scrapeError(isComplete)], ...answered]);
    return { type: sum.contentType, body: await sum.metrics() };
  }

  private async ask(worker: Worker): Promise<MetricValues[] | undefined> {
    this.requests += 1;
    const request: MetricsRequest = { type: 'regrant:metrics-request', id: this.requests };
    const metrics = await answerOf(worker, request);
    if (metrics && !worker.isDead()) this.latest.set(worker.id, metrics);
    return metrics;
  }

  private async bury(id: number): Promise<void> {
    const last = this.latest.get(id)?.filter(({ type }) => CUMULATIVE.includes(type));
    this.latest.delete(id);
    if (!last) return;
    const sum = AggregatorRegistry.aggregate([this.gone, last]);
    this.gone = (await sum.getMetricsAsJSON()) as unknown as MetricValues[];
  }
}

/** @returns `undefined` when it does not answer in time, or has ended */
function answerOf(worker: Worker, request: MetricsRequest): Promise<MetricValues[] | undefined> {
  return new Promise((resolve) => {
    const settle = (metrics?: MetricValues[]) => {
      clearTimeout(timer);
      worker.off('message', listen).off('exit', leave);
      resolve(metrics);
    };
    const leave = () => {
      settle();
    };
    const listen = (message: unknown) => {
      if (isAnswer(message) && message.id === request.id) settle(message.metrics as MetricValues[]);
    };
    const timer = setTimeout(leave, TIMEOUT_MS);
    worker.on('message', listen).once('exit', leave);
    worker.send(request, (error) => {
      if (error) leave();
    });
  });
}

/** One more source of the metric that the workers have. */
function scrapeError(isComplete: boolean): MetricValues {
  const values = [{ value: isComplete ? 0 : 1, labels: { source: 'workers' } }];
  return { ...SCRAPE_ERROR, type: 'gauge', values };
}
