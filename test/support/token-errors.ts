import { expect } from '@jest/globals';
import { DEMO_CLIENT, DEMO_USER } from '../../src/first-run/demo-accounts.js';
import { familyRow } from './families.js';
import { type Answer, basic, FORM, type Parameters, postForm, send } from './http.js';
import { type TestApp } from './test-app.js';

export const GRANTS = ['refresh_token', 'password', 'client_credentials'] as const;
export type Grant = (typeof GRANTS)[number];

/** A token request, or a part of one. */
export interface Ask {
  readonly parameters: Parameters;
  readonly headers: Record<string, string | string[]>;
}

export function merge(...parts: Partial<Ask>[]): Ask {
  return {
    parameters: Object.assign({}, ...parts.map(({ parameters }) => parameters)) as Parameters,
    headers: Object.assign({}, ...parts.map(({ headers }) => headers)) as Ask['headers'],
  };
}

export function ask({ url }: TestApp, ...parts: Partial<Ask>[]): Promise<Answer> {
  const { parameters, headers } = merge(...parts);
  return postForm(`${url}/oauth2/token`, parameters, headers);
}

/** Posts bytes to the token endpoint as they are, by the demo client unless the headers say otherwise. */
export function postRaw(
  { url }: TestApp,
  body: string | Buffer,
  headers: Record<string, string | string[]> = {},
): Promise<Answer> {
  const all = { 'content-type': FORM, ...byBasic().headers, ...headers };
  return send(`${url}/oauth2/token`, { headers: all, body });
}

export function byBasic(id: string = DEMO_CLIENT.id, secret: string = DEMO_CLIENT.secret): Partial<Ask> {
  return { headers: { authorization: basic(id, secret) } };
}

export function byPost(id: string = DEMO_CLIENT.id, secret: string = DEMO_CLIENT.secret): Partial<Ask> {
  return { parameters: { client_id: id, client_secret: secret } };
}

/** As a public client does: it names itself. */
export function byName(id: string): Partial<Ask> {
  return { parameters: { client_id: id } };
}

/** What makes a request of a grant sound, but for the client: a refresh token is `client`'s. */
export async function soundGrant(
  service: TestApp,
  grant: Grant,
  client = byBasic(),
  further: Parameters = {},
): Promise<Partial<Ask>> {
  const signIn = { grant_type: 'password', ...DEMO_USER };
  if (grant === 'password') return { parameters: signIn };
  if (grant === 'client_credentials') return { parameters: { grant_type: grant } };
  const answer = await ask(service, { parameters: { ...signIn, ...further } }, client);
  if (answer.status !== 200) throw new Error(`sign-in failed: ${answer.status} ${answer.text}`);
  return { parameters: { grant_type: grant, refresh_token: answer.body.refresh_token } };
}

/** Description of RFC 6749 §5.2: printable ASCII without quote and backslash. */
const DESCRIPTION = /^[\x20\x21\x23-\x5B\x5D-\x7E]+$/;

/** What every error answer must be, with the headers that its status demands. */
export function expectError(answer: Answer, status: number, error?: string): void {
  const { error: code, error_description: description, ...rest } = answer.body;
  expect([answer.status, code]).toEqual([status, error ?? code]);
  expect(code).toMatch(/^[a-z_]+$/);
  expect(description).toMatch(DESCRIPTION);
  expect(rest).toEqual({});
  const { headers } = answer;
  expect(headers['content-type']).toMatch(/^application\/json(; ?charset=utf-8)?$/i);
  expect(headers['cache-control']).toBe('no-store');
  expect(headers['x-request-id']).toMatch(/^[\w.-]{8,64}$/);
  if (status === 401) expect(headers['www-authenticate']).toMatch(/^Basic realm="/);
  else expect(headers['www-authenticate']).toBeUndefined();
  if (status === 405) expect(headers.allow).toBe('POST');
  if ([429, 503].includes(status)) expect(headers['retry-after']).toMatch(/^[1-9]\d*$/);
  else expect(headers['retry-after']).toBeUndefined();
}

/** Proves that refusals spent nothing: the sound request succeeds now, and its token rotates only now. */
export async function expectUntouched(service: TestApp, ...parts: Partial<Ask>[]): Promise<void> {
  const token = merge(...parts).parameters.refresh_token as string | undefined;
  const { pool } = service.database;
  if (token) expect(await familyRow(pool, token)).toMatchObject({ generation: 0, revoked_at: null });
  const answer = await ask(service, ...parts);
  expect([answer.status, answer.body.error]).toEqual([200, undefined]);
  if (!token) return;
  expect(answer.body.refresh_token).not.toBe(token);
  expect(await familyRow(pool, token)).toMatchObject({ generation: 1, revoked_at: null });
}
