import { Inject, Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { ClientDirectory } from '../../clients/client-directory.js';
import { ScopeSet } from '../../common/scope-set.js';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { noteOutcome } from '../../http/request-log.js';
import { type DeviceModel } from '../../pages/page-models.js';
import { PageRenderer } from '../../pages/page-renderer.js';
import { type BrowserSession } from '../../sessions/browser-session.js';
import { BrowserSessions } from '../../sessions/browser-sessions.js';
import { Csrf } from '../../sessions/csrf.js';
import { SignIn } from '../../sessions/sign-in/sign-in.js';
import { UserScopes } from '../../roles/user-scopes.js';
import { type PendingDevice } from './device-authorization.js';
import { DeviceAuthorizations } from './device-authorizations.js';
import { DEVICE_PATH } from './device-path.js';
import { formatUserCode, parseUserCode } from './user-code.js';
import { UserCodeGuesses } from './user-code-guesses.js';

/** Leads a person from the code that a device shows to letting it in; only somebody signed in may try codes. */
@Injectable()
export class DevicePages {
  private readonly path: string;

  constructor(
    private readonly devices: DeviceAuthorizations,
    private readonly guesses: UserCodeGuesses,
    private readonly clients: ClientDirectory,
    private readonly userScopes: UserScopes,
    private readonly sessions: BrowserSessions,
    private readonly signIn: SignIn,
    private readonly csrf: Csrf,
    private readonly pages: PageRenderer,
    @Inject(httpConfig.KEY) { issuerPath }: HttpSettings,
  ) {
    this.path = `${issuerPath}/${DEVICE_PATH}`;
  }

  /** The form for the code, or with one the question whether it is theirs. */
  async show(request: FastifyRequest, reply: FastifyReply, typed?: string): Promise<void> {
    const session = await this.sessions.find(request);
    if (!session) this.sendToSignIn(reply, typed);
    else if (typed === undefined) this.askForCode(request, reply, '');
    else await this.confirm(request, reply, session, typed);
  }

  /** Looks a typed code up. @throws OAuthError 429 */
  async enter(request: FastifyRequest, reply: FastifyReply, typed: string): Promise<void> {
    const session = await this.sessions.find(request);
    if (!session) this.sendToSignIn(reply, typed);
    else if (typed === '') this.askForCode(request, reply, '', 'missing');
    else await this.confirm(request, reply, session, typed);
  }

  async decide(
    request: FastifyRequest,
    reply: FastifyReply,
    { typed, isAllowed }: { typed: string; isAllowed: boolean },
  ): Promise<void> {
    const session = await this.sessions.find(request);
    if (!session) {
      this.sendToSignIn(reply, typed);
      return;
    }
    const device = await this.lookUp(request, session, typed);
    if (!device) {
      this.askForCode(request, reply, typed, 'wrong');
      return;
    }
    const { userId, authTime, amr, acr } = session;
    const { userCode, scopes } = device;
    await this.devices.decide(userCode, { isAllowed, userId, scopes, authTime, amr, acr });
    noteOutcome(request, { outcome: isAllowed ? 'device_allowed' : 'device_denied' });
    const model = { clientName: await this.nameOf(device), isAllowed };
    this.pages.render(request, reply, { page: 'device-done', model });
  }

  private async confirm(
    request: FastifyRequest,
    reply: FastifyReply,
    session: BrowserSession,
    typed: string,
  ): Promise<void> {
    const device = await this.lookUp(request, session, typed);
    if (!device) {
      this.askForCode(request, reply, typed, 'wrong');
      return;
    }
    const userCode = formatUserCode(device.userCode);
    const model = {
      form: this.form(request, reply, `${this.path}/decision`, { user_code: userCode }),
      username: session.username,
      clientName: await this.nameOf(device),
      userCode,
      scopes: device.scopes,
    };
    this.pages.render(request, reply, { page: 'device-confirm', model });
  }

  /** @throws OAuthError 429 after too many wrong ones */
  private async lookUp(
    request: FastifyRequest,
    { userId }: BrowserSession,
    typed: string,
  ): Promise<PendingDevice | undefined> {
    await this.guesses.refuseWhileLimited(userId);
    const userCode = parseUserCode(typed);
    const device = userCode === undefined ? undefined : await this.devices.findPending(userCode);
    if (!device) {
      await this.guesses.count(userId, request.ip);
      return undefined;
    }
    const { values } = await this.userScopes.within(ScopeSet.of(device.scopes), userId);
    return { ...device, scopes: values };
  }

  private askForCode(
    request: FastifyRequest,
    reply: FastifyReply,
    userCode: string,
    problem?: DeviceModel['problem'],
  ): void {
    const model = { form: this.form(request, reply, this.path), userCode, problem };
    this.pages.render(request, reply, { page: 'device', model });
  }

  private form(
    request: FastifyRequest,
    reply: FastifyReply,
    action: string,
    hidden?: Readonly<Record<string, string>>,
  ) {
    return { action, csrfToken: this.csrf.token(request, reply), hidden };
  }

  private sendToSignIn(reply: FastifyReply, typed?: string): void {
    const userCode = typed === undefined ? undefined : parseUserCode(typed);
    const returnTo = userCode === undefined ? this.path : `${this.path}?user_code=${userCode}`;
    void reply
      .status(303)
      .headers({ location: this.signIn.url({ returnTo }), 'cache-control': 'no-store' })
      .send();
  }

  private async nameOf({ clientId }: PendingDevice): Promise<string> {
    return (await this.clients.find(clientId))?.name ?? clientId;
  }
}
