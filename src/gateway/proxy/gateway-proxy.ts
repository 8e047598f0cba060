import { Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { noteOutcome } from '../../http/request-log.js';
import { Tracer } from '../../tracing/tracer.js';
import { GatewayAuthenticator } from '../authenticator/gateway-authenticator.js';
import { GatewayError } from '../authenticator/gateway-error.js';
import { type Verdict } from '../authenticator/verdict.js';
import { GatewayMetrics, type GatewayOutcome } from '../gateway-metrics.js';
import { type GatewayRoute } from '../routes/gateway-route.js';
import { RouteDirectory } from '../routes/route-directory.js';
import { type UpstreamUrl, upstreamUrl } from '../routes/upstream-url.js';
import { type ClientGone } from './client-gone.js';
import { endToEnd, namesIn } from './hop-by-hop.js';
import { Pseudonym } from './pseudonym.js';
import { gatewayRequest, hasBody } from './proxied-request.js';
import { CALL, type UpstreamCall } from './upstream-agent.js';
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
  forward(request: FastifyRequest, reply: FastifyReply, taken: TakenRequest, signal: ClientGone): void {
    const { verdict, url } = taken;
    const body = verdict.cleaned.body ?? (hasBody(request.raw) ? request.raw : undefined);
    const call: UpstreamCall = { signal, body, announced: [], trailers: {} };
    const asked = performance.now();
    if (verdict.setCookie !== undefined) void reply.header('set-cookie', verdict.setCookie);
    reply.from(url.path, {
      getUpstream: () => url.origin,
      queryString: () => url.query,
      retryDelay: () => null,
      rewriteRequestHeaders: () => headersFor(taken, call),
      rewriteHeaders: (headers) => {
        call.announced = namesIn(headers.trailer);
        return Object.assign(endToEnd(headers), verdict.downstreamHeaders);
      },
      onResponse: (_request, _reply, { stream, statusCode }) => {
        this.metrics.upstreamAnswered(statusCode, (performance.now() - asked) / 1000);
        this.finish(request, 'proxied');
        answer(reply, stream, call);
      },
      onError: (_reply, { error }) => {
        if (signal.aborted) this.finish(request, 'client_gone');
        else void reply.send(upstreamError(error));
      },
    });
  }

  finish(request: FastifyRequest, outcome: GatewayOutcome): void {
    this.metrics.requests.count(outcome);
    noteOutcome(request, { outcome });
  }
}

function headersFor({ headers, url }: TakenRequest, call: UpstreamCall) {
  const sent = { ...headers, host: url.host, [CALL]: call };
  // A length by itself says that a body follows, even where there is none to follow.
  if (call.body === undefined) Reflect.deleteProperty(sent, 'content-length');
  return sent;
}

function answer(reply: FastifyReply, stream: NodeJS.ReadableStream, call: UpstreamCall): void {
  for (const name of call.announced) {
    reply.trailer(name, (_reply, _payload, done) => {
      done(null, call.trailers[name] ?? '');
    });
  }
  const begin = () => {
    if (!reply.raw.headersSent) reply.raw.flushHeaders();
  };
  // What breaks off was an answer that had begun.
  stream.once('error', begin);
  void reply.send(stream);
  // Whoever reads a stream of events is to know that it has begun, even while there is none. What came with its head
  // is written together with it.
  setImmediate(begin);
}
