import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { noteOutcome } from '../http/request-log.js';
import { type Span, type Tracer } from '../tracing/tracer.js';

const SPAN = Symbol('span');

interface TracedRequest {
  [SPAN]?: Span;
}

/**
 * One server span a request, by OpenTelemetry's semantic conventions for HTTP. No query, no header and no body;
 * a path only where it is one of ours, since anything may be pasted into others.
 */
export function registerRequestTracing(fastify: FastifyInstance, tracer: Tracer): void {
  if (!tracer.isOn) return;
  fastify.addHook('onRequest', (request, reply, done) => {
    const { method, protocol, headers } = request;
    const traceparent = headers.traceparent;
    const span = tracer.begin({
      name: method,
      kind: 'server',
      attributes: { 'http.request.method': method, 'url.scheme': protocol },
      traceparent: typeof traceparent === 'string' ? traceparent : undefined,
    });
    if (span) {
      (request as FastifyRequest & TracedRequest)[SPAN] = span;
      noteOutcome(request, { trace_id: span.traceId });
      // Also when the client goes away, of which no hook tells.
      reply.raw.once('close', () => {
        finish(span, request, reply);
      });
    }
    done();
  });
  // The body is read in another context than the one that the request came in.
  fastify.addHook('preValidation', (request, _reply, done) => {
    tracer.within((request as FastifyRequest & TracedRequest)[SPAN], done);
  });
}

function finish(span: Span, request: FastifyRequest, { raw }: FastifyReply): void {
  const { url: route } = request.routeOptions;
  if (route !== undefined && !request.is404) {
    const [path = '/'] = request.url.split('?', 1);
    span.rename(`${request.method} ${route}`);
    span.set({ 'http.route': route, 'url.path': path });
  }
  span.set({ 'http.response.status_code': raw.statusCode });
  if (!raw.writableFinished) span.fail('client_gone');
  else if (raw.statusCode >= 500) span.fail(String(raw.statusCode));
  span.end();
}
