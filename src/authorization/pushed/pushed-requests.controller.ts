import { Controller, Header, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { RequestAuthenticator } from '../../clients/authentication/request-authenticator.js';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { headerLines } from '../../http/header-lines.js';
import { requireForm } from '../../http/form-body.js';
import { noteOutcome } from '../../http/request-log.js';
import { DpopService } from '../../tokens/sender-constraint/dpop.service.js';
import { AuthorizationRequests } from '../request/authorization-requests.js';
import { RequestingClients } from '../request/requesting-clients.js';
import { PushedRequests, type PushedResponse } from './pushed-requests.js';

export const PUSHED_REQUESTS_PATH = 'oauth2/par';

/** Where clients push authorization requests, so that no browser can change or read them (RFC 9126). */
@Controller(PUSHED_REQUESTS_PATH)
export class PushedRequestsController {
  constructor(
    private readonly callers: RequestAuthenticator,
    private readonly clients: RequestingClients,
    private readonly requests: AuthorizationRequests,
    private readonly pushed: PushedRequests,
    private readonly dpop: DpopService,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  @Post()
  @HttpCode(201)
  @Header('cache-control', 'no-store')
  async push(@Req() request: FastifyRequest): Promise<PushedResponse> {
    const client = await this.callers.authenticate(request);
    this.clients.requireCodeGrant(client);
    const url = `${this.http.issuerUrl}/${PUSHED_REQUESTS_PATH}`;
    const jkt = await this.dpop.verify(headerLines(request.raw, 'dpop'), { method: 'POST', url });
    const sound = await this.requests.validate(client, requireForm(request), jkt);
    const pushed = await this.pushed.push(sound);
    noteOutcome(request, { outcome: 'pushed' });
    return pushed;
  }
}
