import { Controller, Header, HttpCode, Post, Req, UseGuards } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { AuthenticatedClient, ClientAuthGuard } from '../clients/authentication/client-auth.guard.js';
import { Client } from '../clients/client.js';
import { requireForm } from '../http/form-body.js';
import { headerLines } from '../http/header-lines.js';
import { noteOutcome } from '../http/request-log.js';
import { type TokenResponse } from './grant-strategy.js';
import { TokenEndpointService } from './token-endpoint.service.js';

@Controller('oauth2/token')
export class TokenController {
  constructor(private readonly endpoint: TokenEndpointService) {}

  /** The token endpoint (RFC 6749 §3.2). */
  @Post()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Header('pragma', 'no-cache')
  @UseGuards(ClientAuthGuard)
  async token(@Req() request: FastifyRequest, @AuthenticatedClient() client: Client): Promise<TokenResponse> {
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
    return response;
  }
}
