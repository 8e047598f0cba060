import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { AuthorizationResponder } from './authorization-responder.js';
import { RefusedRequest } from './request/refused-request.js';

/** Sends refusals to the redirect URI; whatever else goes wrong is a page. */
@Catch(RefusedRequest)
export class RefusedRequestFilter implements ExceptionFilter<RefusedRequest> {
  constructor(private readonly responder: AuthorizationResponder) {}

  catch({ target, refusal }: RefusedRequest, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const [request, reply] = [http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>()];
    this.responder.sendError(request, reply, target, refusal);
  }
}
