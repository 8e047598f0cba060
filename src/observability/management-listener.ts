import {
  HttpException,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import cluster from 'node:cluster';
import { observabilityConfig, type ObservabilitySettings } from '../config/observability.config.js';
import { ManagementServer, type ManagementAnswer } from './management-server.js';
import { ProcessMetrics } from './process-metrics.js';
import { Readiness } from './readiness.js';
import { Scrape } from './scrape.js';
import { answerSupervisor } from './worker-metrics.js';

/**
 * Opens the management port of this process (`MANAGEMENT_PORT`). Workers open none: their supervisor does, and
 * asks them.
 */
@Injectable()
export class ManagementListener implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(ManagementListener.name);
  private readonly server: ManagementServer;
  private stopAnswering: (() => void) | undefined;

  constructor(
    private readonly scrape: Scrape,
    private readonly readiness: Readiness,
    private readonly processMetrics: ProcessMetrics,
    @Inject(observabilityConfig.KEY) private readonly settings: ObservabilitySettings,
  ) {
    this.server = new ManagementServer({
      '/metrics': async () => ({ status: 200, ...(await this.scrape.text()) }),
      '/health/live': () => Promise.resolve(asJson(200, { status: 'ok' })),
      '/health/ready': () => this.ready(),
    });
  }

  /** @throws when the port can't be had */
  async onApplicationBootstrap(): Promise<void> {
    const { managementPort, managementHost } = this.settings;
    if (managementPort === '') return;
    this.processMetrics.start();
    if (cluster.isWorker) {
      this.stopAnswering = answerSupervisor(() => this.scrape.values());
    } else {
      const port = await this.server.listen(managementPort, managementHost);
      this.logger.log({ host: managementHost, port }, 'metrics are served');
    }
  }

  async onModuleDestroy(): Promise<void> {
    this.stopAnswering?.();
    await this.server.close();
  }

  private async ready(): Promise<ManagementAnswer> {
    try {
      return asJson(200, await this.readiness.check());
    } catch (error) {
      if (error instanceof HttpException) return asJson(error.getStatus(), error.getResponse());
      throw error;
    }
  }
}

function asJson(status: number, body: object | string): ManagementAnswer {
  return { status, type: 'application/json', body: JSON.stringify(body) };
}
