import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { validate as isUuid } from 'uuid';
import { httpConfig, type HttpSettings } from '../config/http.config.js';
import { seeOther } from '../http/see-other.js';
import { ACCOUNT_NOTICES } from '../pages/page-models.js';
import { PageRenderer } from '../pages/page-renderer.js';
import { BrowserSessions } from '../sessions/browser-sessions.js';
import { Csrf } from '../sessions/csrf.js';
import { SignIn } from '../sessions/sign-in/sign-in.js';
import { AccountReads } from './account-reads.js';

/** `GET /account`: where people see where they are signed in. */
@Controller('account')
@ApiExcludeController()
export class AccountController {
  private readonly path: string;

  constructor(
    private readonly reads: AccountReads,
    private readonly sessions: BrowserSessions,
    private readonly signIn: SignIn,
    private readonly csrf: Csrf,
    private readonly pages: PageRenderer,
    @Inject(httpConfig.KEY) { issuerPath }: HttpSettings,
  ) {
    this.path = `${issuerPath}/account`;
  }

  @Get()
  async show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query() { before, done }: Record<string, unknown>,
  ): Promise<void> {
    const session = await this.sessions.find(request);
    if (!session) {
      seeOther(reply, this.signIn.url({ returnTo: this.path }));
      return;
    }
    const below = typeof before === 'string' && isUuid(before) ? before : undefined;
    const { next, ...view } = await this.reads.view(session, below);
    const model = {
      ...view,
      path: this.path,
      username: session.username,
      csrfToken: this.csrf.token(request, reply),
      notice: ACCOUNT_NOTICES.find((notice) => notice === done),
      olderUrl: next === undefined ? undefined : `${this.path}?before=${next}`,
    };
    this.pages.render(request, reply, { page: 'account', model });
  }
}
