import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { OAuthErrorFilter } from './oauth-error.filter.js';

/** How errors are rendered at some URLs. */
export interface ErrorRendering {
  readonly isFor: (url: string) => boolean;
  readonly filter: ExceptionFilter;
}

/** Renders errors as the URL of the request has it, and as OAuth's everywhere else. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly oauth = new OAuthErrorFilter();

  constructor(private readonly renderings: readonly ErrorRendering[]) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const { url } = host.switchToHttp().getRequest<FastifyRequest>();
    const { filter } = this.renderings.find(({ isFor }) => isFor(url)) ?? { filter: this.oauth };
    filter.catch(exception, host);
  }
}
