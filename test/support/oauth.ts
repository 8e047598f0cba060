import { DEMO_CLIENT, DEMO_USER } from '../../src/first-run/demo-accounts.js';
import { type Answer, basic, type Parameters, postForm } from './http.js';

/** Who asks: a confidential client by Basic, or a public one by `client_id`. */
export type Caller = { readonly id: string; readonly secret?: string };

export const DEMO: Caller = DEMO_CLIENT;

/** A token request by `client`. */
export function tokenRequest(
  url: string,
  client: Caller,
  parameters: Parameters,
  headers: Record<string, string | string[]> = {},
): Promise<Answer> {
  const { id, secret } = client;
  return secret === undefined
    ? postForm(`${url}/oauth2/token`, { client_id: id, ...parameters }, headers)
    : postForm(`${url}/oauth2/token`, parameters, { authorization: basic(id, secret), ...headers });
}

/** Signs the demo user in. @returns the token answer */
export async function signIn(url: string, client = DEMO, parameters: Parameters = {}): Promise<Answer> {
  const answer = await tokenRequest(url, client, { grant_type: 'password', ...DEMO_USER, ...parameters });
  if (answer.status !== 200) throw new Error(`sign-in failed: ${answer.status} ${answer.text}`);
  return answer;
}

/** A first refresh token of the demo user. */
export async function firstRefreshToken(
  url: string,
  client = DEMO,
  parameters: Parameters = {},
): Promise<string> {
  return (await signIn(url, client, parameters)).body.refresh_token!;
}

export function refresh(
  url: string,
  refreshToken: string,
  client = DEMO,
  parameters: Parameters = {},
  headers: Record<string, string | string[]> = {},
): Promise<Answer> {
  const all = { grant_type: 'refresh_token', refresh_token: refreshToken, ...parameters };
  return tokenRequest(url, client, all, headers);
}
