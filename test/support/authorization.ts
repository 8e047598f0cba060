import { createHash, randomBytes } from 'node:crypto';
import { DEMO_CLIENT, DEMO_USER } from '../../src/first-run/demo-accounts.js';
import { FollowingBrowser, type Visit } from './following-browser.js';
import { type Answer, type Parameters } from './http.js';
import { type Caller, DEMO, tokenRequest } from './oauth.js';

export const CALLBACK = 'http://127.0.0.1:3000/demo/callback';
export const VERIFIER = 'a-code-verifier-of-43-characters-or-more-1234';

/** A PKCE challenge (RFC 7636 §4.2). */
export function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

/** A sound authorization request of the demo client, but for what is overridden; `undefined` leaves out. */
export function authorizationParameters(overrides: Parameters = {}): Parameters {
  return {
    client_id: DEMO_CLIENT.id,
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'openid email',
    state: randomBytes(8).toString('hex'),
    code_challenge: challengeOf(VERIFIER),
    code_challenge_method: 'S256',
    ...overrides,
  };
}

export function authorizeUrl(service: string, overrides: Parameters = {}): string {
  const url = new URL(`${service}/oauth2/authorize`);
  for (const [name, value] of Object.entries(authorizationParameters(overrides))) {
    for (const one of typeof value === 'string' ? [value] : (value ?? [])) url.searchParams.append(name, one);
  }
  return url.href;
}

/** Which page a visit has come to, by what it asks for; `elsewhere` is a redirect to the client. */
export function pageOf({ text, status }: Visit): 'sign-in' | 'consent' | 'error' | 'elsewhere' {
  if (status >= 300 && status < 400) return 'elsewhere';
  if (text.includes('name="password"')) return 'sign-in';
  return text.includes('name="decision"') ? 'consent' : 'error';
}

/** Follows an authorization request as a person would who signs in and agrees. @returns the redirect to the client */
export async function authorize(
  browser: FollowingBrowser,
  url: string,
  { user = DEMO_USER, decision = 'allow' }: { user?: typeof DEMO_USER; decision?: string } = {},
): Promise<Visit> {
  let visit = await browser.get(url);
  if (pageOf(visit) === 'sign-in') visit = await browser.submit(visit, user);
  if (pageOf(visit) === 'consent') visit = await browser.submit(visit, { decision });
  return visit;
}

/** A fresh code of a browser of its own, unless one is given. */
export async function freshCode(
  service: string,
  overrides: Parameters = {},
  browser = new FollowingBrowser(service),
): Promise<string> {
  const visit = await authorize(browser, authorizeUrl(service, overrides));
  const code = visit.url.searchParams.get('code');
  if (code === null)
    throw new Error(`no code: ${visit.status} ${visit.url.href} ${visit.text.slice(0, 500)}`);
  return code;
}

/** Exchanges a code (RFC 6749 §4.1.3). */
export function exchange(
  service: string,
  code: string,
  client: Caller = DEMO,
  overrides: Parameters = {},
  headers: Record<string, string | string[]> = {},
): Promise<Answer> {
  const parameters = { code, redirect_uri: CALLBACK, code_verifier: VERIFIER, ...overrides };
  return tokenRequest(service, client, { grant_type: 'authorization_code', ...parameters }, headers);
}
