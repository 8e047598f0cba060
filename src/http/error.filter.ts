import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { OAuthErrorFilter } from './oauth-error.filter.js';
import { ProblemFilter } from './problem.filter.js';

/** Renders errors as problem documents below one path, and as OAuth's everywhere else. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly oauth = new OAuthErrorFilter();
  private readonly problems = new ProblemFilter();

  constructor(private readonly problemPath: string) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const { url } = host.switchToHttp().getRequest<FastifyRequest>();
    const filter = url.startsWith(this.problemPath) ? this.problems : this.oauth;
    filter.catch(exception, host);
  }
}
