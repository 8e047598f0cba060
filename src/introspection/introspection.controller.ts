import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { requireForm } from '../http/form-body.js';
import { noteOutcome } from '../http/request-log.js';
import { IntrospectionCallers } from './introspection-caller.js';
import { IntrospectionService } from './introspection.service.js';

const JWT_ANSWER = 'application/token-introspection+jwt';

@Controller('oauth2/introspect')
export class IntrospectionController {
  constructor(
    private readonly callers: IntrospectionCallers,
    private readonly introspection: IntrospectionService,
  ) {}

  /** The introspection endpoint (RFC 7662), with JWT answers for who asks for them (RFC 9701). */
  @Post()
  @HttpCode(200)
  async introspect(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const form = requireForm(request);
    const caller = await this.callers.identify(request);
    const token = form.required('token');
    form.rejectRepeated();
    const answer = await this.introspection.introspect(caller, token);
    noteOutcome(request, { clientId: caller.client.id, outcome: answer.active ? 'active' : 'inactive' });
    void reply.headers({ 'cache-control': 'no-store', pragma: 'no-cache' });
    if ((request.headers.accept ?? '').includes(JWT_ANSWER)) {
      await reply.type(JWT_ANSWER).send(await this.introspection.sign(caller, answer));
    } else {
      await reply.send(answer);
    }
  }
}
