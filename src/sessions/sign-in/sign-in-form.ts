import { HttpStatus, Inject, Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type FormParameters } from '../../common/form-parameters.js';
import { OAuthError } from '../../common/oauth-error.js';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { seeOther } from '../../http/see-other.js';
import { noteOutcome } from '../../http/request-log.js';
import { PageError } from '../../pages/page-error.js';
import { type SignInModel } from '../../pages/page-models.js';
import { PageRenderer } from '../../pages/page-renderer.js';
import { PasswordAuthenticator } from '../../users/password-authenticator.js';
import { type BrowserSession } from '../browser-session.js';
import { BrowserSessions } from '../browser-sessions.js';
import { Csrf } from '../csrf.js';
import { SignIn, type SignInRequest } from './sign-in.js';

type Problem = NonNullable<SignInModel['problem']>;

/** What the form says beside its fields, and with which status. */
interface Shown {
  readonly username?: string;
  readonly problem?: Problem;
  readonly status?: number;
  /** Seconds. */
  readonly wait?: number;
}

interface Submission {
  readonly form: FormParameters;
  readonly wanted: SignInRequest;
}

/**
 * The sign-in form, and what becomes of it.
 *
 * A wrong password gets the same form again with 200, as a form that was answered: 401 would have to challenge the
 * browser (RFC 9110 §15.5.2). Name and password are never told apart, in text, status or time.
 */
@Injectable()
export class SignInForm {
  constructor(
    private readonly pages: PageRenderer,
    private readonly sessions: BrowserSessions,
    private readonly csrf: Csrf,
    private readonly signIn: SignIn,
    private readonly passwords: PasswordAuthenticator,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  async show(request: FastifyRequest, reply: FastifyReply, wanted: SignInRequest): Promise<void> {
    const session = await this.sessions.find(request);
    if (isEnough(session, wanted)) seeOther(reply, wanted.returnTo);
    else this.render(request, reply, wanted, { username: wanted.loginHint ?? session?.username }, session);
  }

  async submit(request: FastifyRequest, reply: FastifyReply, { form, wanted }: Submission): Promise<void> {
    if (!this.isOfThisBrowser(request, form)) return this.startAnew(request, reply, wanted);
    const username = form.optional('username');
    const password = form.optional('password');
    if (username === undefined || password === undefined) {
      this.render(request, reply, wanted, { username, problem: 'missing' });
      return;
    }
    const shown = await this.authenticate(request, reply, { username, password });
    if (shown) this.render(request, reply, wanted, shown);
    else seeOther(reply, wanted.returnTo);
  }

  /** @returns what to show when they are not in */
  private async authenticate(
    request: FastifyRequest,
    reply: FastifyReply,
    { username, password }: { username: string; password: string },
  ): Promise<Shown | undefined> {
    try {
      const user = await this.passwords.authenticate(username, password, request.ip);
      noteOutcome(request, { outcome: user ? 'signed_in' : 'sign_in_refused' });
      if (!user) return { username, problem: 'wrong' };
      await this.sessions.begin(request, reply, { userId: user.id, amr: ['pwd'] });
      return undefined;
    } catch (error) {
      if (!isTooManyAttempts(error)) throw error;
      noteOutcome(request, { outcome: 'sign_in_limited' });
      return {
        username,
        problem: 'limited',
        status: error.status,
        wait: Number(error.headers['retry-after']),
      };
    }
  }

  /** A form of another browser or session signs nobody in. Shown anew, it costs the person a moment at most. */
  private async startAnew(
    request: FastifyRequest,
    reply: FastifyReply,
    wanted: SignInRequest,
  ): Promise<void> {
    const session = await this.sessions.find(request);
    if (isEnough(session, wanted)) seeOther(reply, wanted.returnTo);
    else this.render(request, reply, wanted, { problem: 'expired', status: HttpStatus.FORBIDDEN }, session);
  }

  private isOfThisBrowser(request: FastifyRequest, form: FormParameters): boolean {
    try {
      this.csrf.check(request, form);
      return true;
    } catch (error) {
      if (error instanceof PageError) return false;
      throw error;
    }
  }

  private render(
    request: FastifyRequest,
    reply: FastifyReply,
    wanted: SignInRequest,
    { username = '', problem, status, wait }: Shown,
    session?: BrowserSession,
  ): void {
    if (wait !== undefined) void reply.header('retry-after', String(wait));
    const form = {
      action: `${this.http.issuerPath}/sign-in`,
      csrfToken: this.csrf.token(request, reply),
      // Sealed anew: whoever is at it gets their half hour again.
      hidden: { request: this.signIn.seal(wanted) },
    };
    this.pages.render(request, reply, {
      page: 'sign-in',
      status,
      uiLocales: wanted.uiLocales,
      formTarget: wanted.redirectUri,
      model: {
        form,
        username,
        problem,
        clientName: wanted.clientName,
        isAgain: session !== undefined,
        waitMinutes: wait === undefined ? undefined : Math.ceil(wait / 60),
      },
    });
  }
}

function isEnough(session: BrowserSession | undefined, { since }: SignInRequest): boolean {
  return session !== undefined && (since === undefined || session.authTime >= since);
}

function isTooManyAttempts(error: unknown): error is OAuthError {
  return error instanceof OAuthError && error.status === 429;
}
