import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { PROCESS_ROLE, type ProcessRole } from '../../common/process-role.js';
import { gatewayConfig, type GatewaySettings } from '../../config/gateway.config.js';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { Notifications } from '../../database/notifications.js';
import { ClientSecretSeal } from './client-secret-seal.js';
import { type GatewayRoute } from './gateway-route.js';
import { GatewayRouteRepository, type StoredRoute } from './gateway-route.repository.js';
import { RouteTable } from './route-table.js';

const CHANNEL = 'gateway_route';
/** Should a notification be lost. */
const RELOAD_MS = 10_000;
const RETRY_MS = 500;

/**
 * The routes in force, in memory. Postgres tells of every change, whichever replica made it; while it does not
 * answer the last routes that were read stay.
 */
@Injectable()
export class RouteDirectory implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(RouteDirectory.name);
  private readonly closing = new AbortController();
  private markReady: () => void = () => undefined;
  private readonly firstRead = new Promise<void>((resolve) => {
    this.markReady = resolve;
  });
  private table = new RouteTable([]);
  private reading: Promise<void> | undefined;
  private isStale = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly notifications: Notifications,
    private readonly repository: GatewayRouteRepository,
    private readonly seal: ClientSecretSeal,
    @Inject(gatewayConfig.KEY) private readonly settings: GatewaySettings,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
    @Inject(PROCESS_ROLE) private readonly role: ProcessRole,
  ) {}

  /** Reads nothing where there is no gateway. */
  onModuleInit(): void {
    if (this.settings.port === '' || this.role === 'one-off') return;
    this.notifications.listen(CHANNEL, () => {
      this.reload();
    });
    this.timer = setInterval(() => {
      this.reload();
    }, RELOAD_MS).unref();
    this.reload();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    this.closing.abort();
    await this.reading;
  }

  /** Waits for the first routes, however long Postgres takes to answer. */
  ready(): Promise<void> {
    return this.firstRead;
  }

  /** The route that takes a request, see {@link RouteTable.match}. */
  match(host: string, method: string, target: string): GatewayRoute | undefined {
    return this.table.match(host, method, target);
  }

  private reload(): void {
    this.isStale = true;
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    });
  }

  private async read(): Promise<void> {
    while (this.isStale && !this.closing.signal.aborted) {
      this.isStale = false;
      try {
        const stored = await this.repository.listEnabled();
        this.table = new RouteTable(stored.map((route) => this.routeOf(route)));
        this.markReady();
      } catch (error) {
        this.isStale = true;
        this.logger.warn({ err: error }, 'the routes could not be read: those that were read before stay');
        await delay(RETRY_MS, undefined, { signal: this.closing.signal }).catch(() => undefined);
      }
    }
  }

  private routeOf(stored: StoredRoute): GatewayRoute {
    const { config, id, name, enabled, hosts, paths, methods, upstream_url, strip_path } = stored;
    const issuer = config.issuer ?? this.http.issuerUrl;
    const effective = { ...config, issuer, client_secret: this.secretOf(stored) };
    return { id, name, enabled, hosts, paths, methods, upstream_url, strip_path, config: effective };
  }

  /** Without its secret a route gets nothing from its issuer; left out, its requests could go by another route. */
  private secretOf(route: StoredRoute): string | null {
    try {
      return this.seal.open(route);
    } catch (error) {
      this.logger.error({ err: error, route: route.name }, 'the client secret of a route can not be opened');
      return null;
    }
  }
}
