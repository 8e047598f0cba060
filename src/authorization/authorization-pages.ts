import { Inject, Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { OAuthError } from '../common/oauth-error.js';
import { httpConfig, type HttpSettings } from '../config/http.config.js';
import { PageRenderer } from '../pages/page-renderer.js';
import { type BrowserSession } from '../sessions/browser-session.js';
import { BrowserSessions } from '../sessions/browser-sessions.js';
import { Csrf } from '../sessions/csrf.js';
import { SignIn } from '../sessions/sign-in/sign-in.js';
import { AuthorizationFlow, isRecent, isSomebodyElse } from './authorization-flow.js';
import { AuthorizationGrants } from './authorization-grants.js';
import { AuthorizationResponder } from './authorization-responder.js';
import { type AskedConsent } from './consents/consent.service.js';
import { AuthorizationRequests, type ReceivedRequest } from './request/authorization-requests.js';
import { refusingAt } from './request/refused-request.js';

/** Leads a person from an authorization request to its answer, page by page. */
@Injectable()
export class AuthorizationPages {
  constructor(
    private readonly requests: AuthorizationRequests,
    private readonly flow: AuthorizationFlow,
    private readonly grants: AuthorizationGrants,
    private readonly sessions: BrowserSessions,
    private readonly signIn: SignIn,
    private readonly csrf: Csrf,
    private readonly pages: PageRenderer,
    private readonly responder: AuthorizationResponder,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  /**
   * The next page, or the answer.
   *
   * @throws RefusedRequest for the client
   */
  async advance(request: FastifyRequest, reply: FastifyReply, received: ReceivedRequest): Promise<void> {
    const session = await this.sessions.find(request);
    const wanted = session ? await this.grants.within(received, session.userId) : received;
    const step = await refusingAt(wanted.request, () => this.flow.next(wanted, session));
    switch (step.kind) {
      case 'sign-in':
        this.redirect(reply, this.signInUrl(received, step.since));
        break;
      case 'ask':
        this.askConsent(request, reply, wanted, step);
        break;
      case 'answer':
        await this.answer(request, reply, wanted, step.session);
    }
  }

  /** Begins again by a GET of ours. */
  resume(reply: FastifyReply, { request }: ReceivedRequest): void {
    this.redirect(reply, this.continueUrl(request));
  }

  /**
   * What follows from a person's decision.
   *
   * @throws RefusedRequest `access_denied` for the client
   */
  async decide(
    request: FastifyRequest,
    reply: FastifyReply,
    received: ReceivedRequest,
    isAllowed: boolean,
  ): Promise<void> {
    const session = await this.sessions.find(request);
    if (!session || !isRecent(received.request, session) || isSomebodyElse(received.request, session)) {
      this.resume(reply, received);
      return;
    }
    await refusingAt(received.request, () => {
      if (!isAllowed) throw OAuthError.authorizationDenied();
    });
    const wanted = await this.grants.within(received, session.userId);
    await this.grants.remember(session.userId, wanted);
    await this.answer(request, reply, wanted, session);
  }

  private async answer(
    request: FastifyRequest,
    reply: FastifyReply,
    received: ReceivedRequest,
    session: BrowserSession,
  ): Promise<void> {
    const code = await this.grants.issueCode(received, session, request.ip);
    this.responder.sendCode(request, reply, received.request, code);
  }

  private askConsent(
    request: FastifyRequest,
    reply: FastifyReply,
    { client, request: wanted }: ReceivedRequest,
    { session, asked }: { session: BrowserSession; asked: AskedConsent },
  ): void {
    const form = {
      action: `${this.http.issuerPath}/oauth2/authorize/consent`,
      csrfToken: this.csrf.token(request, reply),
      hidden: { request: this.requests.seal(wanted) },
    };
    const model = {
      form,
      username: session.username,
      clientName: client.name,
      clientHost: new URL(wanted.redirectUri).host || undefined,
      scopes: asked.newScopes,
      grantedScopes: asked.grantedScopes,
      audiences: wanted.audiences,
    };
    const { uiLocales, redirectUri: formTarget } = wanted;
    this.pages.render(request, reply, { page: 'consent', model, uiLocales, formTarget });
  }

  private signInUrl({ client, request }: ReceivedRequest, since?: Date): string {
    const { loginHint, uiLocales, redirectUri } = request;
    const returnTo = this.continueUrl(request);
    return this.signIn.url({ returnTo, loginHint, uiLocales, clientName: client.name, since, redirectUri });
  }

  private continueUrl(request: ReceivedRequest['request']): string {
    return `${this.http.issuerPath}/oauth2/authorize/continue?request=${this.requests.seal(request)}`;
  }

  private redirect(reply: FastifyReply, location: string): void {
    void reply.status(303).headers({ location, 'cache-control': 'no-store' }).send();
  }
}
