import { RequestMethod } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  fastify,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { randomUUID } from 'node:crypto';
import { AppModule } from './app.module.js';
import { OAuthError } from './common/oauth-error.js';
import { ClientOrigins } from './clients/client-origins.js';
import { loadEnvironment } from './config/config.module.js';
import { httpConfig, type HttpSettings } from './config/http.config.js';
import { GrantRegistry } from './grants/grant-registry.js';
import { registerCors } from './http/cors.js';
import { registerDrain } from './http/drain.js';
import { MAX_BODY_BYTES, registerBodyParsers } from './http/form-body.js';
import { createLogger, createPlainLogger, NestLogger } from './http/logger.js';
import { ErrorFilter } from './http/error.filter.js';
import { ProblemFilter } from './http/problem.filter.js';
import { registerRequestLog } from './http/request-log.js';
import { MANAGEMENT_PATH } from './management/http/operation.js';
import { serveApiDescription } from './management/openapi/api-docs.js';
import { Metrics } from './metrics/metrics.js';
import { ErrorPage } from './pages/error-page.js';
import { PageErrorFilter } from './pages/page-error.filter.js';
import { isPageUrl } from './pages/page-paths.js';
import { registerRequestMetrics } from './observability/request-metrics.js';
import { registerRequestTracing } from './observability/request-tracing.js';
import { Tracer } from './tracing/tracer.js';
import { registerRefusalHook } from './refusals/refusal-hook.js';
import { RefusalJournal } from './refusals/refusal-journal.js';

/** A request id from a proxy in front of us is kept when it is harmless to log. */
const REQUEST_ID = /^[\w.-]{8,64}$/;

/** A client id may have 255 characters, and each may be escaped. */
const MAX_PATH_PARAMETER = 1_024;

/**
 * The application, not yet listening: the same for `main.ts` and for tests.
 *
 * @throws Error that lists every problem of the configuration
 */
export async function createApp(): Promise<NestFastifyApplication> {
  loadEnvironment();
  const settings = httpConfig();
  const logger = createLogger(settings.logLevel);
  const server = createServer(settings, logger);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.register(),
    new FastifyAdapter(server),
    {
      logger: new NestLogger(logger),
      bodyParser: false,
      abortOnError: false,
    },
  );
  registerRequestTracing(server, app.get(Tracer));
  registerRequestMetrics(server, app.get(Metrics));
  const origins = app.get(ClientOrigins);
  registerCors(server, {
    isRegistered: (origin) => origins.isRegistered(origin),
    isClosed: (url) => isPageUrl(url, settings.issuerPath),
  });
  noteRefusals(app, server, settings);
  renderErrors(app, settings);
  app.enableShutdownHooks(undefined, { useProcessExit: true });
  mountBelowIssuerPath(app, settings);
  serveApiDescription(app, settings);
  return app;
}

function createServer(settings: HttpSettings, logger: FastifyBaseLogger): FastifyInstance {
  const server: FastifyInstance = fastify({
    loggerInstance: logger,
    // No logger for each request: what is logged of one names it.
    childLoggerFactory: (parent) => parent,
    frameworkErrors: answerMalformedPath,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAX_BODY_BYTES,
    trustProxy: settings.trustProxy.length > 0 ? settings.trustProxy : false,
    requestIdHeader: false,
    routerOptions: { maxParamLength: MAX_PATH_PARAMETER },
    genReqId: ({ headers }) => {
      const given = headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    },
  });
  registerBodyParsers(server);
  registerRequestLog(server, createPlainLogger(settings.logLevel));
  registerDrain(server);
  return server;
}

function noteRefusals(
  app: NestFastifyApplication,
  server: FastifyInstance,
  { issuerPath }: HttpSettings,
): void {
  const journal = app.get(RefusalJournal);
  const grants = app.get(GrantRegistry);
  const isGrantType = (text: string) => grants.find(text) !== undefined;
  if (journal.isOn) registerRefusalHook(server, journal, { prefix: issuerPath, isGrantType });
}

/** Problem documents for programs that manage, pages for people, OAuth's errors for everybody else. */
function renderErrors(app: NestFastifyApplication, { issuerPath }: HttpSettings): void {
  const management = `${issuerPath}/${MANAGEMENT_PATH}/`;
  app.useGlobalFilters(
    new ErrorFilter([
      { isFor: (url) => url.startsWith(management), filter: new ProblemFilter() },
      { isFor: (url) => isPageUrl(url, issuerPath), filter: new PageErrorFilter(app.get(ErrorPage)) },
    ]),
  );
}

/** A path that can't even be decoded reaches no filter: the same answer, and nothing of the path in it. */
function answerMalformedPath(_error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { status, error, description } = OAuthError.invalidRequest('the request is malformed');
  void reply
    .status(status)
    .headers({ 'x-request-id': request.id, 'cache-control': 'no-store', pragma: 'no-cache' })
    .send({ error, error_description: description });
}

/** Every endpoint stands below the issuer's path, but for health and what RFC 8414 puts before it. */
function mountBelowIssuerPath(app: NestFastifyApplication, { issuerPath }: HttpSettings): void {
  if (issuerPath === '') return;
  app.setGlobalPrefix(issuerPath, {
    exclude: [
      { path: 'health/*', method: RequestMethod.GET },
      { path: '.well-known/oauth-authorization-server', method: RequestMethod.GET },
      { path: '.well-known/oauth-authorization-server/*', method: RequestMethod.GET },
      { path: '.well-known/ssf-configuration', method: RequestMethod.GET },
      { path: '.well-known/ssf-configuration/*', method: RequestMethod.GET },
    ],
  });
}
