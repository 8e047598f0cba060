import { Injectable } from '@nestjs/common';
import { OAuthError } from '../common/oauth-error.js';
import { type BrowserSession } from '../sessions/browser-session.js';
import { type AuthorizationRequest } from './request/authorization-request.js';
import { isForAnyProgram } from './request/redirect-uri.js';
import { type ReceivedRequest } from './request/authorization-requests.js';
import { type AskedConsent, ConsentService } from './consents/consent.service.js';

/** What comes next before a request can be answered. */
export type Step =
  | { readonly kind: 'sign-in'; readonly since?: Date }
  | { readonly kind: 'ask'; readonly session: BrowserSession; readonly asked: AskedConsent }
  | { readonly kind: 'answer'; readonly session: BrowserSession };

/** What stands between an authorization request and its answer: signing in, then consenting (OIDC Core §3.1.2). */
@Injectable()
export class AuthorizationFlow {
  constructor(private readonly consents: ConsentService) {}

  /** @throws OAuthError `login_required` or `consent_required` where the client wants no page shown */
  async next({ client, request }: ReceivedRequest, session?: BrowserSession): Promise<Step> {
    const isSilent = request.prompts.includes('none');
    if (!session || !isRecent(request, session)) {
      if (isSilent) throw OAuthError.loginRequired();
      return { kind: 'sign-in', since: authenticatedSince(request) };
    }
    if (isSomebodyElse(request, session)) {
      const createdAt = new Date(request.createdAt);
      // Asked once; whoever signs in as somebody else then is not whom the client means.
      if (isSilent || session.authTime >= createdAt) throw OAuthError.loginRequired();
      return { kind: 'sign-in', since: createdAt };
    }
    const isWanted = request.prompts.includes('consent');
    if (!isWanted && !client.requiresConsent) return { kind: 'answer', session };
    const mustAsk = isWanted || (client.isPublic && isForAnyProgram(request.redirectUri));
    const asked = await this.consents.ask(session.userId, request);
    if (!mustAsk && asked.isCovered) return { kind: 'answer', session };
    if (isSilent) throw OAuthError.consentRequired();
    return { kind: 'ask', session, asked };
  }
}

/** Whether the person signed in as lately as the request wants it. */
export function isRecent(request: AuthorizationRequest, { authTime }: BrowserSession): boolean {
  return authTime >= (authenticatedSince(request) ?? authTime);
}

/** Whether the client means another person (OIDC Core §3.1.2.1, `id_token_hint`). */
export function isSomebodyElse({ hintedUserId }: AuthorizationRequest, { userId }: BrowserSession): boolean {
  return hintedUserId !== undefined && hintedUserId !== userId;
}

/** `login` and `select_account` want the person to sign in after the request came (OIDC Core §3.1.2.1). */
function authenticatedSince({ prompts, maxAge, createdAt }: AuthorizationRequest): Date | undefined {
  const isAnew = prompts.includes('login') || prompts.includes('select_account');
  if (!isAnew && maxAge === undefined) return undefined;
  return new Date(createdAt - (isAnew ? 0 : (maxAge ?? 0) * 1000));
}
