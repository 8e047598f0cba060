import { Controller, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { validate as isUuid } from 'uuid';
import { type FormParameters } from '../common/form-parameters.js';
import { httpConfig, type HttpSettings } from '../config/http.config.js';
import { requireForm } from '../http/form-body.js';
import { noteOutcome } from '../http/request-log.js';
import { seeOther } from '../http/see-other.js';
import { PageError } from '../pages/page-error.js';
import { type AccountNotice } from '../pages/page-models.js';
import { type BrowserSession } from '../sessions/browser-session.js';
import { BrowserSessions } from '../sessions/browser-sessions.js';
import { Csrf } from '../sessions/csrf.js';
import { SignIn } from '../sessions/sign-in/sign-in.js';
import { AccountEndings } from './account-endings.js';

/** Ends what a form names, for whoever is signed in. */
type Ending = (session: BrowserSession, form: FormParameters) => Promise<unknown>;

/** The forms of `/account`, each with a CSRF token. Done twice, they do no more than once. */
@Controller('account')
@ApiExcludeController()
export class AccountEndingsController {
  private readonly base: string;

  constructor(
    private readonly endings: AccountEndings,
    private readonly sessions: BrowserSessions,
    private readonly signIn: SignIn,
    private readonly csrf: Csrf,
    @Inject(httpConfig.KEY) { issuerPath }: HttpSettings,
  ) {
    this.base = issuerPath;
  }

  @Post('applications/end')
  endApplication(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.end(request, reply, this.accountWith('application_ended'), (session, form) =>
      this.endings.endFamily(session, idOf(form, 'family_id')),
    );
  }

  @Post('browsers/end')
  endBrowser(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.end(request, reply, this.accountWith('browser_ended'), (session, form) =>
      this.endings.endBrowser(session, idOf(form, 'browser_id')),
    );
  }

  @Post('consents/withdraw')
  withdrawConsent(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.end(request, reply, this.accountWith('consent_withdrawn'), (session, form) =>
      this.endings.withdrawConsent(session, form.required('client_id')),
    );
  }

  @Post('sign-out')
  signOut(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.end(request, reply, '/signed-out', async (session) => {
      await this.endings.endBrowser(session, session.id);
      this.sessions.forget(reply);
    });
  }

  @Post('sign-out-everywhere')
  signOutEverywhere(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.end(request, reply, '/signed-out?everywhere', async (session) => {
      await this.endings.endEverything(session);
      this.sessions.forget(reply);
    });
  }

  private async end(
    request: FastifyRequest,
    reply: FastifyReply,
    next: string,
    ending: Ending,
  ): Promise<void> {
    const form = requireForm(request);
    this.csrf.check(request, form);
    const session = await this.sessions.find(request);
    if (!session) {
      seeOther(reply, this.signIn.url({ returnTo: `${this.base}/account` }));
      return;
    }
    await ending(session, form);
    noteOutcome(request, { outcome: 'ended_by_user' });
    seeOther(reply, this.base + next);
  }

  private accountWith(notice: AccountNotice): string {
    return `/account?done=${notice}`;
  }
}

/** @throws PageError 404 for what is no id */
function idOf(form: FormParameters, field: string): string {
  const id = form.required(field);
  if (!isUuid(id)) throw PageError.notFound();
  return id;
}
