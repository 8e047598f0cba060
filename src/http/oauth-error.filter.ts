import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest, type HTTPMethods } from 'fastify';
import { OAuthError } from '../common/oauth-error.js';
import { isTransientFault } from '../common/transient-fault.js';
import { noteOutcome } from './request-log.js';

const METHODS: readonly HTTPMethods[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * Renders every error as RFC 6749 §5.2 has it. A server behind us that does not answer becomes 503 with
 * `Retry-After`; what nobody foresaw becomes a 500 with the request's id, and its stack stays in the log.
 */
@Catch()
export class OAuthErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Error');

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const error = toOAuthError(exception, request, this.logger);
    noteOutcome(request, {
      error: error.error,
      reason: error.description,
      detail: error.detail,
      ...error.about,
    });
    void http
      .getResponse<FastifyReply>()
      .status(error.status)
      .headers({ 'cache-control': 'no-store', pragma: 'no-cache', ...error.headers })
      .send({ error: error.error, error_description: error.description });
  }
}

/** What an exception means to the caller; what nobody foresaw is logged. */
export function toOAuthError(exception: unknown, request: FastifyRequest, logger: Logger): OAuthError {
  // A body that can't be read matters only where there is something to read it.
  if (request.is404) return notFoundOrMethod(request);
  if (exception instanceof OAuthError) return exception;
  if (isTransientFault(exception)) {
    logger.error({ err: exception, reqId: request.id }, 'a server behind us does not answer');
    return OAuthError.temporarilyUnavailable({ cause: exception });
  }
  const status = statusOf(exception);
  if (status === 413) return OAuthError.payloadTooLarge();
  if (status >= 400 && status < 500) return OAuthError.invalidRequest('the request is malformed');
  if (status === 503) return OAuthError.temporarilyUnavailable({ cause: exception });
  logger.error({ err: exception, reqId: request.id }, 'unexpected error');
  return OAuthError.serverError(request.id, { cause: exception });
}

function notFoundOrMethod(request: FastifyRequest): OAuthError {
  const [url = '/'] = request.url.split('?');
  const allowed = METHODS.filter((method) => request.server.hasRoute({ method, url }));
  return allowed.length > 0 ? OAuthError.methodNotAllowed(allowed.join(', ')) : OAuthError.notFound();
}

function statusOf(exception: unknown): number {
  if (exception instanceof HttpException) return exception.getStatus();
  const { statusCode } = exception as { statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : 500;
}
