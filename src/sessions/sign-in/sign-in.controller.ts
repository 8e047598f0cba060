import { Controller, Get, Inject, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { requireForm } from '../../http/form-body.js';
import { seeOther } from '../../http/see-other.js';
import { SignInForm } from './sign-in-form.js';
import { SignIn, type SignInRequest } from './sign-in.js';

/** `/sign-in`: where people say who they are. */
@Controller('sign-in')
@ApiExcludeController()
export class SignInController {
  constructor(
    private readonly signIn: SignIn,
    private readonly form: SignInForm,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  /** Shows the form, or goes on at once with whoever is signed in well enough. */
  @Get()
  async show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('request') sealed?: string | string[],
  ): Promise<void> {
    if (sealed === undefined) seeOther(reply, this.signIn.url(this.ofItself()));
    else await this.form.show(request, reply, this.signIn.open(String(sealed)));
  }

  @Post()
  async submit(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const form = requireForm(request);
    await this.form.submit(request, reply, {
      form,
      wanted: this.signIn.open(form.optional('request') ?? ''),
    });
  }

  /** Without a client that asks, people come to see their account. */
  private ofItself(): SignInRequest {
    return { returnTo: `${this.http.issuerPath}/account` };
  }
}
