import { Injectable, Logger } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { noteOutcome } from '../../http/request-log.js';
import { GatewayError } from '../authenticator/gateway-error.js';
import { GatewayMetrics } from '../gateway-metrics.js';

/** Answers for the gateway itself, as problem documents (RFC 9457). */
@Injectable()
export class GatewayErrors {
  private readonly logger = new Logger('GatewayError');

  constructor(private readonly metrics: GatewayMetrics) {}

  answer(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const error = this.asGatewayError(thrown, request);
    this.metrics.requests.count(error.kind);
    noteOutcome(request, { outcome: error.kind, reason: error.message, detail: error.detail });
    void reply
      .status(error.status)
      .headers({ 'cache-control': 'no-store', 'content-type': 'application/problem+json', ...error.headers })
      .send(JSON.stringify(error.toProblem(request.id)));
  }

  private asGatewayError(thrown: unknown, request: FastifyRequest): GatewayError {
    if (thrown instanceof GatewayError) return thrown;
    const { statusCode } = thrown as { readonly statusCode?: unknown };
    const isMalformed = typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500;
    if (isMalformed || thrown instanceof URIError)
      return GatewayError.of('malformed_request', 'the request is malformed');
    this.logger.error({ err: thrown, reqId: request.id }, 'unexpected error');
    return GatewayError.of('internal_error', `unexpected error, reference ${request.id}`);
  }
}
