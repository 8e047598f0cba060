import { Controller, Get, HttpStatus, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { requireForm } from '../../http/form-body.js';
import { PageError } from '../../pages/page-error.js';
import { PageRenderer } from '../../pages/page-renderer.js';
import { Csrf } from '../../sessions/csrf.js';
import { DemoAccounts } from '../demo-accounts.js';
import { DemoClient, describe } from './demo-client.js';
import { type DemoSession, DemoSessions } from './demo-sessions.js';
import { RelyingParty } from './relying-party.js';

/** `/demo`: an application for people to sign in to, where there are demo accounts; 404 elsewhere. */
@Controller('demo')
@ApiExcludeController()
export class DemoController {
  private readonly path: string;

  constructor(
    private readonly accounts: DemoAccounts,
    private readonly sessions: DemoSessions,
    private readonly party: RelyingParty,
    private readonly client: DemoClient,
    private readonly pages: PageRenderer,
    private readonly csrf: Csrf,
    @Inject(httpConfig.KEY) { issuerPath }: HttpSettings,
  ) {
    this.path = `${issuerPath}/demo`;
  }

  @Get()
  show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.requireWanted();
    this.render(request, reply, this.sessions.find(request));
  }

  @Get('sign-in')
  async signIn(@Res() reply: FastifyReply): Promise<void> {
    this.requireWanted();
    const { url, pending } = await this.party.begin();
    this.sessions.begin(reply, pending);
    redirect(reply, url.href);
  }

  /** The redirect URI (RFC 6749 §3.1.2). */
  @Get('callback')
  async callback(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.requireWanted();
    const session = this.sessions.find(request);
    if (!session?.pending) throw PageError.expired('no sign-in of this browser is under way');
    const { pending } = session;
    session.pending = undefined;
    try {
      session.tokens = await this.party.finish(new URL(request.url, this.party.redirectUri).search, pending);
      redirect(reply, this.path);
    } catch (error) {
      this.render(request, reply, undefined, describe(error));
    }
  }

  @Post()
  async act(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.requireWanted();
    const form = requireForm(request);
    this.csrf.check(request, form);
    const session = this.sessions.find(request);
    if (!session) throw PageError.expired('the demo knows nobody in this browser');
    if (form.optional('act') === 'sign-out') {
      this.sessions.end(request, reply);
      const idToken = session.tokens?.id_token;
      redirect(reply, idToken === undefined ? this.path : (await this.party.signOutUrl(idToken)).href);
      return;
    }
    this.render(request, reply, session, await this.client.act(session, form));
  }

  private render(
    request: FastifyRequest,
    reply: FastifyReply,
    session?: DemoSession,
    problem?: string,
  ): void {
    const form = { action: this.path, csrfToken: this.csrf.token(request, reply) };
    const model = { form, tokens: session && this.client.shown(session), problem };
    this.pages.render(request, reply, { page: 'demo', model });
  }

  private requireWanted(): void {
    if (!this.accounts.isWanted) throw PageError.notFound('there are no demo accounts');
  }
}

function redirect(reply: FastifyReply, url: string): void {
  void reply.status(HttpStatus.SEE_OTHER).headers({ location: url, 'cache-control': 'no-store' }).send();
}
