import { type FastifyInstance } from 'fastify';
import { noteOutcome } from '../../http/request-log.js';
import { type Tracer } from '../../tracing/tracer.js';

/** One server span a request, which the upstream is told to go on from. No path, no query, no header. */
export function registerTracing(server: FastifyInstance, tracer: Tracer): void {
  if (!tracer.isOn) return;
  server.addHook('onRequest', (request, reply, done) => {
    const { method, protocol, headers } = request;
    const { traceparent } = headers;
    const span = tracer.begin({
      name: `gateway ${method}`,
      kind: 'server',
      attributes: { 'http.request.method': method, 'url.scheme': protocol },
      traceparent: typeof traceparent === 'string' ? traceparent : undefined,
    });
    if (span) {
      noteOutcome(request, { trace_id: span.traceId });
      reply.raw.once('close', () => {
        span.set({ 'http.response.status_code': reply.raw.statusCode });
        if (!reply.raw.writableFinished) span.fail('client_gone');
        else if (reply.raw.statusCode >= 500) span.fail(String(reply.raw.statusCode));
        span.end();
      });
    }
    tracer.within(span, done);
  });
}
