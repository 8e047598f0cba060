import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { OAuthError } from '../common/oauth-error.js';
import { toOAuthError } from './oauth-error.filter.js';
import { ProblemError, type ProblemKind, PROBLEMS } from './problem.js';
import { noteOutcome } from './request-log.js';

const KINDS = new Map<number, ProblemKind>(
  Object.entries(PROBLEMS).map(([kind, [status]]) => [status, kind as ProblemKind]),
);

/** Renders every error as a problem document (RFC 9457). */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Error');

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const problem =
      exception instanceof ProblemError && !request.is404
        ? exception
        : fromOAuth(toOAuthError(exception, request, this.logger));
    noteOutcome(request, { error: problem.kind, reason: problem.detail });
    void http
      .getResponse<FastifyReply>()
      .status(problem.status)
      .headers({
        'cache-control': 'no-store',
        'content-type': 'application/problem+json',
        ...problem.headers,
      })
      .send(JSON.stringify(problemDocument(problem, request.id)));
  }
}

/** As sent. `type` names the kind of problem, `request_id` finds the request in the log. */
export function problemDocument({ kind, detail, extensions }: ProblemError, requestId: string) {
  const [status, title] = PROBLEMS[kind];
  const type = `urn:regrant:problem:${kind}`;
  return { type, title, status, detail, request_id: requestId, ...extensions };
}

/** What the rooms below throw, which speak OAuth. */
function fromOAuth({ status, description, headers }: OAuthError): ProblemError {
  const kind = KINDS.get(status) ?? (status < 500 ? 'bad-request' : 'internal-error');
  const [, scope] = /scope="([^"]+)"/.exec(headers['www-authenticate'] ?? '') ?? [];
  return ProblemError.of(kind, description, headers, scope === undefined ? {} : { required_scope: scope });
}
