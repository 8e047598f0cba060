import { Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Dispatcher } from 'undici';
import { noteOutcome } from '../../http/request-log.js';
import { Tracer } from '../../tracing/tracer.js';
import { GatewayAuthenticator } from '../authenticator/gateway-authenticator.js';
import { GatewayError } from '../authenticator/gateway-error.js';
import { type Verdict } from '../authenticator/verdict.js';
import { GatewayMetrics, type GatewayOutcome } from '../gateway-metrics.js';
import { type GatewayRoute } from '../routes/gateway-route.js';
import { RouteDirectory } from '../routes/route-directory.js';
import { targetOf, type UpstreamUrl, upstreamUrl } from '../routes/upstream-url.js';
import { Exchange } from './exchange.js';
import { Pseudonym } from './pseudonym.js';
import { gatewayRequest, hasBody } from './proxied-request.js';
import { upstreamError } from './upstream-error.js';
import { type UpstreamHeaders, upstreamHeaders } from './upstream-headers.js';

/** A request that a route has taken, ready for its upstream. */
export interface TakenRequest {
  readonly route: GatewayRoute;
  readonly verdict: Verdict;
  readonly url: UpstreamUrl;
  /** By their names in lower case. */
  readonly headers: UpstreamHeaders;
}

/** Passes requests on to upstreams, with the tokens of whom they are for. */
@Injectable()
export class GatewayProxy {
  constructor(
    private readonly routes: RouteDirectory,
    private readonly authenticator: GatewayAuthenticator,
    private readonly metrics: GatewayMetrics,
    private readonly pseudonym: Pseudonym,
    private readonly tracer: Tracer,
  ) {}

  /** @throws GatewayError for a request that goes nowhere */
  async take(request: FastifyRequest): Promise<TakenRequest> {
    const seen = gatewayRequest(request);
    if (this.pseudonym.isIn(seen.headers.via ?? []))
      throw GatewayError.of('loop', 'the upstream of a route leads back to the gateway');
    const route = this.routes.match(request.host, request.method, seen.target);
    if (!route) throw GatewayError.of('no_route', 'no route takes this request');
    const verdict = await this.authenticator.authenticate(route, seen);
    const { cleaned } = verdict;
    const headers = upstreamHeaders(cleaned.headers, verdict.upstreamHeaders, request, this.pseudonym.via);
    const traceparent = this.tracer.current?.traceparent;
    if (traceparent !== undefined) headers.traceparent = traceparent;
    if (cleaned.body) headers['content-length'] = String(cleaned.body.length);
    return { route, verdict, url: upstreamUrl(route, cleaned.target), headers };
  }

  /** Passes a request on and its answer back, both as they come. */
  forward(request: FastifyRequest, reply: FastifyReply, taken: TakenRequest, upstreams: Dispatcher): void {
    const { verdict, url, headers } = taken;
    const body = verdict.cleaned.body ?? (hasBody(request.raw) ? request.raw : undefined);
    // A length by itself says that a body follows, even where there is none to follow.
    if (body === undefined) delete headers['content-length'];
    headers.host = url.host;
    const asked = performance.now();
    const exchange = new Exchange(reply, verdict, {
      answered: (statusCode) => {
        this.metrics.upstreamAnswered(statusCode, (performance.now() - asked) / 1000);
        this.finish(request, 'proxied');
      },
      failed: (error) => void reply.send(upstreamError(error)),
      abandoned: () => {
        this.finish(request, 'client_gone');
      },
    });
    const { method } = request;
    upstreams.dispatch({ origin: url.origin, path: targetOf(url), method, headers, body }, exchange);
  }

  finish(request: FastifyRequest, outcome: GatewayOutcome): void {
    this.metrics.requests.count(outcome);
    noteOutcome(request, { outcome });
  }
}
