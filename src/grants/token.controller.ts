import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { RequestAuthenticator } from '../clients/authentication/request-authenticator.js';
import { requireForm } from '../http/form-body.js';
import { headerLines } from '../http/header-lines.js';
import { noteOutcome } from '../http/request-log.js';
import { TokenEndpointService } from './token-endpoint.service.js';

/** Of an answer with tokens (RFC 6749 §5.1). */
const UNSTORED = { 'cache-control': 'no-store', pragma: 'no-cache' };

@Controller('oauth2/token')
export class TokenController {
  constructor(
    private readonly clients: RequestAuthenticator,
    private readonly endpoint: TokenEndpointService,
  ) {}

  /** The token endpoint (RFC 6749 §3.2). */
  @Post()
  @HttpCode(200)
  async token(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const client = await this.clients.authenticate(request);
    const { response, outcome, familyId } = await this.endpoint.handle({
      client,
      form: requireForm(request),
      dpop: headerLines(request.raw, 'dpop'),
      address: request.ip,
      userAgent: request.headers['user-agent'],
      requestId: request.id,
      isAbandoned: () => request.raw.socket.destroyed,
    });
    noteOutcome(request, { outcome, familyId });
    await reply.headers(UNSTORED).send(response);
  }
}
