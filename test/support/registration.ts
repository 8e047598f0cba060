import { type Answer, type RawRequest, send } from './http.js';
import { type ManagementClient } from './management.js';

/** What the tests' services run with: clients may have the password grant, since there is a user for it. */
export const REGISTRATION_ENVIRONMENT = {
  DYNAMIC_REGISTRATION: 'open',
  REGISTRATION_GRANT_TYPES: 'authorization_code,refresh_token,password,client_credentials',
  REGISTRATION_SCOPES: 'read,write,introspect,users:write',
  REGISTRATION_LIMIT: '100000',
};

export const METADATA = {
  client_name: 'Self-made',
  grant_types: ['refresh_token', 'password', 'client_credentials'],
  scope: 'read write',
  redirect_uris: ['https://self.example/callback'],
  client_uri: 'https://self.example',
  contacts: ['ops@self.example'],
};

/** Registers a client with JSON, or with whatever the body is. */
export function register(url: string, body: unknown = METADATA, token?: string): Promise<Answer> {
  return call(`${url}/oauth2/register`, 'POST', token, body);
}

/** Calls the client configuration endpoint of an answer to a registration (RFC 7592), with its token. */
export function manage(
  method: 'GET' | 'PUT' | 'DELETE',
  { body: registered }: Answer,
  body?: unknown,
  token: string | undefined = registered.registration_access_token as string,
): Promise<Answer> {
  return call(registered.registration_client_uri as string, method, token, body);
}

/** A token that lets clients register, made by an admin. */
export async function initialAccessToken(admin: ManagementClient, settings: object = {}): Promise<string> {
  const { status, text, body } = await admin.post('/initial-access-tokens', settings);
  if (status !== 201) throw new Error(`${status} ${text}`);
  return body.initial_access_token as string;
}

function call(url: string, method: string, token?: string, body?: unknown): Promise<Answer> {
  const request: RawRequest = {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  };
  return send(url, request);
}
