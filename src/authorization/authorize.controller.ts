import { Controller, Get, Post, Req, Res, UseFilters } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { requireForm } from '../http/form-body.js';
import { queryParameters } from '../http/query-parameters.js';
import { Csrf } from '../sessions/csrf.js';
import { AuthorizationPages } from './authorization-pages.js';
import { RefusedRequestFilter } from './refused-request.filter.js';
import { AuthorizationRequests } from './request/authorization-requests.js';

export const AUTHORIZE_PATH = 'oauth2/authorize';

/** The authorization endpoint (RFC 6749 §3.1) and the way of a person through it. */
@Controller(AUTHORIZE_PATH)
@UseFilters(RefusedRequestFilter)
export class AuthorizeController {
  constructor(
    private readonly requests: AuthorizationRequests,
    private readonly pages: AuthorizationPages,
    private readonly csrf: Csrf,
  ) {}

  @Get()
  async authorize(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.pages.advance(request, reply, await this.requests.receive(queryParameters(request)));
  }

  /** OIDC Core §3.1.2.1. Another site's form comes without our session cookie; the GET that follows has it. */
  @Post()
  async authorizeByForm(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.pages.resume(reply, await this.requests.receive(requireForm(request)));
  }

  /** Where people come back to from signing in. */
  @Get('continue')
  async continue(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const sealed = queryParameters(request).required('request');
    await this.pages.advance(request, reply, await this.requests.open(sealed));
  }

  /** What they decided on the consent page. */
  @Post('consent')
  async decide(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const form = requireForm(request);
    this.csrf.check(request, form);
    const received = await this.requests.open(form.required('request'));
    await this.pages.decide(request, reply, received, form.optional('decision') === 'allow');
  }
}
