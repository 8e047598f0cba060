import { DEMO_USER } from '../../src/first-run/demo-accounts.js';
import { SignIn, type SignInRequest } from '../../src/sessions/sign-in/sign-in.js';
import { FormBrowser } from './browser.js';
import { type Answer } from './http.js';
import { type TestApp } from './test-app.js';

export const SESSION_COOKIE = 'regrant-session';
export const CSRF_COOKIE = 'regrant-csrf';

/** The URL of the sign-in page, as another room of the service makes it. */
export function signInUrl({ app }: TestApp, request: Partial<SignInRequest> = {}): string {
  return app.get(SignIn).url({ returnTo: '/account', ...request });
}

/** Opens the sign-in page. */
export function openSignIn(service: TestApp, browser: FormBrowser, request?: Partial<SignInRequest>) {
  return browser.get(signInUrl(service, request));
}

/** Signs a user in. @returns the browser, with its session */
export async function signedInBrowser(
  service: TestApp,
  credentials: { username: string; password: string } = DEMO_USER,
  headers: Record<string, string> = {},
): Promise<FormBrowser> {
  const browser = new FormBrowser(service.url, headers);
  const answer = await browser.submit(await openSignIn(service, browser), credentials);
  if (answer.status !== 303) throw new Error(`sign-in failed: ${answer.status} ${answer.text}`);
  return browser;
}

/** Whether the browser is signed in: its account is shown, and not the way to the sign-in page. */
export async function isSignedIn(browser: FormBrowser): Promise<boolean> {
  return (await browser.get('/account')).status === 200;
}

/** What the page says in its alert; empty where there is none. */
export function alertOf({ text }: Answer): string {
  return /role="alert">([^<]*)</.exec(text)?.[1] ?? '';
}
