import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type AddressInfo } from 'node:net';
import { type Dispatcher } from 'undici';
import { gatewayConfig, type GatewaySettings } from '../config/gateway.config.js';
import { httpConfig, type HttpSettings } from '../config/http.config.js';
import { registerDrain } from '../http/drain.js';
import { createPlainLogger } from '../http/logger.js';
import { registerRequestLog } from '../http/request-log.js';
import { Tracer } from '../tracing/tracer.js';
import { GatewayError } from './authenticator/gateway-error.js';
import { ForwardAuth } from './forward-auth/forward-auth.js';
import { GatewayErrors } from './proxy/gateway-errors.js';
import { GatewayProxy } from './proxy/gateway-proxy.js';
import { requestId } from './proxy/request-id.js';
import { registerTracing } from './proxy/tracing.js';
import { OpenTunnels } from './proxy/open-tunnels.js';
import { forwardUpgrade, registerUpgrades, upgradeOf } from './proxy/upgrade.js';
import { upstreamAgent } from './proxy/upstream-agent.js';
import { RouteDirectory } from './routes/route-directory.js';

/** For so long answers under way may take once the gateway closes. */
const DRAIN_MS = 10_000;
const CONNECT_MS = 5_000;

/** Opens the gateway's port (`GATEWAY_PORT`); every worker does, and shares it. */
@Injectable()
export class GatewayListener implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(GatewayListener.name);
  private readonly tunnels = new OpenTunnels();
  private server: FastifyInstance | undefined;
  private agent: Dispatcher | undefined;

  constructor(
    private readonly proxy: GatewayProxy,
    private readonly forwardAuth: ForwardAuth,
    private readonly errors: GatewayErrors,
    private readonly routes: RouteDirectory,
    private readonly tracer: Tracer,
    @Inject(gatewayConfig.KEY) private readonly settings: GatewaySettings,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  /** Where it listens; `undefined` where it does not. */
  get port(): number | undefined {
    return (this.server?.server.address() as AddressInfo | null | undefined)?.port;
  }

  /** @throws when the port can't be had */
  async onApplicationBootstrap(): Promise<void> {
    const { port, host, upstreamTimeout } = this.settings;
    if (port === '') return;
    await this.routes.ready();
    this.agent = upstreamAgent({ connectMs: CONNECT_MS, answerMs: upstreamTimeout * 1000 });
    this.server = this.createServer(this.agent);
    await this.server.listen({ port, host });
    this.logger.log({ host, port: this.port }, 'the gateway listens');
  }

  async onModuleDestroy(): Promise<void> {
    this.tunnels.end();
    const impatient = setTimeout(() => this.server?.server.closeAllConnections(), DRAIN_MS);
    await this.server?.close();
    clearTimeout(impatient);
    await this.agent?.destroy();
  }

  private createServer(upstreams: Dispatcher): FastifyInstance {
    const { trustProxy, logLevel } = this.http;
    const server = fastify({
      logger: false,
      trustProxy: trustProxy.length > 0 ? trustProxy : false,
      requestIdHeader: false,
      genReqId: requestId,
      exposeHeadRoutes: false,
      frameworkErrors: (error, request, reply) => {
        this.errors.answer(error, request, reply);
      },
    });
    registerRequestLog(server, createPlainLogger(logLevel));
    registerTracing(server, this.tracer);
    registerDrain(server);
    registerUpgrades(server);
    // A body is not read: it goes on as it comes.
    server.removeAllContentTypeParsers();
    server.addContentTypeParser('*', (_request, _payload, done) => {
      done(null);
    });
    server.setErrorHandler((error, request, reply) => {
      this.errors.answer(error, request, reply);
    });
    for (const method of [
      'COPY',
      'LOCK',
      'MKCOL',
      'MOVE',
      'PROPFIND',
      'PROPPATCH',
      'REPORT',
      'SEARCH',
      'UNLOCK',
    ])
      server.addHttpMethod(method, { hasBody: true });
    server.route({
      method: server.supportedMethods,
      url: '*',
      handler: (request, reply) => {
        this.handle(request, reply, upstreams).catch((error: unknown) => reply.send(error));
      },
    });
    return server;
  }

  private async handle(request: FastifyRequest, reply: FastifyReply, upstreams: Dispatcher): Promise<void> {
    if (this.forwardAuth.isAsked(request)) return this.forwardAuth.answer(request, reply);
    const upgrade = upgradeOf(request);
    // What follows an upgrade is of the other protocol: there is no telling where a body would end.
    if (upgrade && request.method !== 'GET')
      throw GatewayError.of('malformed_request', 'only a GET may ask for another protocol');
    const taken = await this.proxy.take(request);
    if (!upgrade) this.proxy.forward(request, reply, taken, upstreams);
    else
      forwardUpgrade(request, reply, taken, upgrade, {
        answerMs: this.settings.upstreamTimeout * 1000,
        upgraded: (sockets) => {
          this.tunnels.add(sockets);
          this.proxy.finish(request, 'upgraded');
        },
        refused: () => {
          this.proxy.finish(request, 'proxied');
        },
      });
  }
}
