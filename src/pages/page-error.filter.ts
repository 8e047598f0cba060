import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type OAuthError } from '../common/oauth-error.js';
import { toOAuthError } from '../http/oauth-error.filter.js';
import { noteOutcome } from '../http/request-log.js';
import { type ErrorPage, type ShownError } from './error-page.js';
import { PageError, type PageErrorKind } from './page-error.js';

const KINDS = new Map<number, PageErrorKind>([
  [403, 'forbidden'],
  [404, 'not_found'],
  [429, 'too_many'],
  [500, 'unexpected'],
  [503, 'unavailable'],
]);

/** Renders every error as a page for the person in front of it. */
@Catch()
export class PageErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Error');

  constructor(private readonly page: ErrorPage) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const error =
      exception instanceof PageError
        ? this.ofPage(request, exception)
        : this.ofProtocol(request, toOAuthError(exception, request, this.logger));
    this.page.send(request, http.getResponse<FastifyReply>(), error);
  }

  private ofPage(request: FastifyRequest, { status, kind, detail }: PageError): ShownError {
    noteOutcome(request, { error: kind, detail });
    return { status, kind, detail };
  }

  private ofProtocol(request: FastifyRequest, error: OAuthError): ShownError {
    const { status, description, headers } = error;
    noteOutcome(request, { error: error.error, reason: description, detail: error.detail, ...error.about });
    const kind = KINDS.get(status) ?? 'invalid';
    const detail = kind === 'invalid' ? `${error.error}: ${description}` : undefined;
    return { status, kind, detail, headers };
  }
}
