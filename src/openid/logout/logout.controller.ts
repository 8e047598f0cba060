import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { requireForm } from '../../http/form-body.js';
import { queryParameters } from '../../http/query-parameters.js';
import { Csrf } from '../../sessions/csrf.js';
import { LOGOUT_PATH, LogoutFlow } from './logout-flow.js';
import { LogoutRequests } from './logout-request.js';

/** The logout endpoint (OpenID Connect RP-Initiated Logout 1.0), where clients send people to be signed out. */
@Controller(LOGOUT_PATH)
@ApiExcludeController()
export class LogoutController {
  constructor(
    private readonly requests: LogoutRequests,
    private readonly flow: LogoutFlow,
    private readonly csrf: Csrf,
  ) {}

  @Get()
  async begin(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.flow.advance(request, reply, await this.requests.receive(queryParameters(request)));
  }

  @Post()
  async beginByPost(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.flow.comeAgain(reply, await this.requests.receive(requireForm(request)));
  }

  @Get('continue')
  async continue(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const wanted = this.requests.open(queryParameters(request).required('request'));
    await this.flow.advance(request, reply, wanted);
  }

  @Post('confirm')
  async decide(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const form = requireForm(request);
    this.csrf.check(request, form);
    const wanted = this.requests.open(form.required('request'));
    await this.flow.decide(request, reply, wanted, form.optional('decision') === 'sign_out');
  }
}
