import cluster, { type Address, type Worker } from 'node:cluster';
import { type ObservabilitySettings } from '../config/observability.config.js';
import { ManagementServer, type ManagementAnswer } from './management-server.js';
import { WorkersMetrics } from './workers-metrics.js';

const READY_TIMEOUT_MS = 3_000;
const NOT_READY: ManagementAnswer = { status: 503, type: 'application/json', body: '{"status":"error"}' };

/** The management port of a supervisor (`WORKERS`): tells of all its workers together. */
export class SupervisorListener {
  private readonly server: ManagementServer;
  /** Where the workers listen, once one does. */
  private address: Address | undefined;

  constructor() {
    const metrics = new WorkersMetrics();
    cluster.on('listening', (_worker: Worker, address: Address) => (this.address = address));
    this.server = new ManagementServer({
      '/metrics': async () => ({ status: 200, ...(await metrics.text()) }),
      '/health/live': () =>
        Promise.resolve({ status: 200, type: 'application/json', body: '{"status":"ok"}' }),
      '/health/ready': () => this.ready(),
    });
  }

  /** @returns the port. @throws when it can't be had */
  async open({ managementPort, managementHost }: ObservabilitySettings): Promise<number> {
    return this.server.listen(Number(managementPort), managementHost);
  }

  async close(): Promise<void> {
    await this.server.close();
  }

  /** What one of the workers says. */
  private async ready(): Promise<ManagementAnswer> {
    if (!this.address) return NOT_READY;
    const signal = AbortSignal.timeout(READY_TIMEOUT_MS);
    try {
      const answer = await fetch(`http://${hostOf(this.address)}:${this.address.port}/health/ready`, {
        signal,
      });
      const type = answer.headers.get('content-type') ?? 'application/json';
      return { status: answer.status, type, body: await answer.text() };
    } catch {
      return NOT_READY;
    }
  }
}

/** An address that takes connections to any of the machine's is reached at its loopback. */
function hostOf({ address }: Address): string {
  if (address === '' || address === '0.0.0.0') return '127.0.0.1';
  if (address === '::') return '[::1]';
  return address.includes(':') ? `[${address}]` : address;
}
