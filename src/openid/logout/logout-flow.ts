import { Inject, Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { Database } from '../../database/database.js';
import { noteOutcome } from '../../http/request-log.js';
import { seeOther } from '../../http/see-other.js';
import { PageRenderer } from '../../pages/page-renderer.js';
import { SessionEndService } from '../../revocation/session-end.service.js';
import { type BrowserSession } from '../../sessions/browser-session.js';
import { BrowserSessions } from '../../sessions/browser-sessions.js';
import { Csrf } from '../../sessions/csrf.js';
import { type LogoutRequest, LogoutRequests } from './logout-request.js';

export const LOGOUT_PATH = 'oauth2/logout';

/** Signs people out, asks them first where a client can't show whom it has signed in, and sends them on. */
@Injectable()
export class LogoutFlow {
  private readonly base: string;

  constructor(
    private readonly database: Database,
    private readonly requests: LogoutRequests,
    private readonly sessions: BrowserSessions,
    private readonly ending: SessionEndService,
    private readonly pages: PageRenderer,
    private readonly csrf: Csrf,
    @Inject(httpConfig.KEY) { issuerPath }: HttpSettings,
  ) {
    this.base = issuerPath;
  }

  /** Sends a browser that came by another site's form round by itself: only then it brings its cookies along. */
  comeAgain(reply: FastifyReply, wanted: LogoutRequest): void {
    seeOther(reply, `${this.base}/${LOGOUT_PATH}/continue?request=${this.requests.seal(wanted)}`);
  }

  async advance(request: FastifyRequest, reply: FastifyReply, wanted: LogoutRequest): Promise<void> {
    const session = await this.sessions.find(request);
    if (session && session.userId !== wanted.userId) this.ask(request, reply, session, wanted);
    else await this.signOut(request, reply, wanted, session);
  }

  /** What they decided on the page that asks. */
  async decide(
    request: FastifyRequest,
    reply: FastifyReply,
    wanted: LogoutRequest,
    isWanted: boolean,
  ): Promise<void> {
    if (isWanted) await this.signOut(request, reply, wanted, await this.sessions.find(request));
    else seeOther(reply, `${this.base}/account`);
  }

  private ask(
    request: FastifyRequest,
    reply: FastifyReply,
    { username }: BrowserSession,
    wanted: LogoutRequest,
  ): void {
    const form = {
      action: `${this.base}/${LOGOUT_PATH}/confirm`,
      csrfToken: this.csrf.token(request, reply),
      hidden: { request: this.requests.seal(wanted) },
    };
    this.pages.render(request, reply, {
      page: 'sign-out',
      model: { form, username, clientName: wanted.clientName },
      formTarget: wanted.redirectUri,
      uiLocales: wanted.uiLocales,
    });
  }

  private async signOut(
    request: FastifyRequest,
    reply: FastifyReply,
    { redirectUri, state, clientName, uiLocales }: LogoutRequest,
    session?: BrowserSession,
  ): Promise<void> {
    if (session) await this.database.transaction((transaction) => this.ending.end(transaction, session.id));
    this.sessions.forget(reply);
    noteOutcome(request, { outcome: session ? 'signed_out' : 'nobody_to_sign_out' });
    if (redirectUri !== undefined) seeOther(reply, withState(redirectUri, state));
    else this.pages.render(request, reply, { page: 'signed-out', model: { clientName }, uiLocales });
  }
}

/** To the letter what was registered, with the state after it. */
function withState(redirectUri: string, state: string | undefined): string {
  if (state === undefined) return redirectUri;
  return `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}state=${encodeURIComponent(state)}`;
}
