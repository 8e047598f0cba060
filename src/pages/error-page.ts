import { Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type PageErrorKind } from './page-error.js';
import { PageRenderer } from './page-renderer.js';

/** What an error page shows. */
export interface ShownError {
  readonly status: number;
  readonly kind: PageErrorKind;
  /** For developers. */
  readonly detail?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Errors shown to people. */
@Injectable()
export class ErrorPage {
  constructor(private readonly pages: PageRenderer) {}

  send(
    request: FastifyRequest,
    reply: FastifyReply,
    { status, kind, detail, headers = {} }: ShownError,
  ): void {
    const model = { kind, detail, requestId: request.id };
    this.pages.render(request, reply.headers(headers), { page: 'error', status, model });
  }
}
