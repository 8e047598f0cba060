import { FirstAdmin } from '../../src/management/first-admin.js';
import { type TestEnvironment } from './environment.js';
import { type Answer, send } from './http.js';
import { tokenRequest } from './oauth.js';
import { startApp, type TestApp } from './test-app.js';
import { type TestDatabase } from './test-database.js';

export const ADMIN = { id: 'admin', secret: 'a secret of the first admin' };

/** Calls the management API with one access token. */
export interface ManagementClient {
  readonly token: string;
  get(path: string, headers?: Headers): Promise<Answer>;
  post(path: string, body?: object, headers?: Headers): Promise<Answer>;
  put(path: string, body: object, headers?: Headers): Promise<Answer>;
  patch(path: string, body: object, headers?: Headers): Promise<Answer>;
  delete(path: string, headers?: Headers): Promise<Answer>;
}

type Headers = Record<string, string | string[]>;

/** The service with its first admin. */
export async function startManaged(
  overrides: TestEnvironment = {},
  database?: TestDatabase,
): Promise<TestApp & { readonly admin: ManagementClient }> {
  const environment = { ADMIN_CLIENT_ID: ADMIN.id, ADMIN_CLIENT_SECRET: ADMIN.secret, ...overrides };
  const service = await startApp(environment, database);
  await service.app.get(FirstAdmin).ensure();
  return { ...service, admin: managementClient(service.url, await adminToken(service.url)) };
}

/** An access token for the management API, with all scopes unless told otherwise. */
export async function adminToken(url: string, scope?: string, client = ADMIN): Promise<string> {
  const answer = await tokenRequest(url, client, { grant_type: 'client_credentials', scope });
  if (answer.status !== 200) throw new Error(`no admin token: ${answer.status} ${answer.text}`);
  return answer.body.access_token!;
}

export function managementClient(url: string, token: string): ManagementClient {
  const call = (method: string, path: string, body?: object, headers: Headers = {}) =>
    send(`${url}/admin/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body && {
          'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
        }),
        ...headers,
      },
      body: body && JSON.stringify(body),
    });
  return {
    token,
    get: (path, headers) => call('GET', path, undefined, headers),
    post: (path, body, headers) => call('POST', path, body, headers),
    put: (path, body, headers) => call('PUT', path, body, headers),
    patch: (path, body, headers) => call('PATCH', path, body, headers),
    delete: (path, headers) => call('DELETE', path, undefined, headers),
  };
}

/** The ETag that an answer carried, to be sent in `If-Match`. */
export function ifMatch({ headers }: Answer): Headers {
  const etag = headers.etag;
  if (typeof etag !== 'string') throw new Error('the answer has no ETag');
  return { 'if-match': etag };
}
