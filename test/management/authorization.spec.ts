import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEMO_USER } from '../../src/first-run/demo-accounts.js';
import { type Answer, basic, postForm, send } from '../support/http.js';
import { ADMIN, adminToken, type ManagementClient, startManaged } from '../support/management.js';
import { tokenRequest } from '../support/oauth.js';
import { type DocumentedOperation, openApiDocument, operationsOf, scopeOf } from '../support/openapi.js';
import { registerClient, CLIENT_SECRET, type TestApp } from '../support/test-app.js';

const OTHER_AUDIENCE = 'https://api.example';
const ELSEWHERE = { id: 'elsewhere', secret: CLIENT_SECRET };

/** Every operation that the OpenAPI document has, so that a new one can't be forgotten. */
describe('every operation of the management API', () => {
  let service: TestApp & { readonly admin: ManagementClient };
  let operations: DocumentedOperation[];
  beforeAll(async () => {
    service = await startManaged();
    operations = operationsOf(await openApiDocument(service.url));
    const scopes = operations.map(scopeOf);
    await registerClient(service, {
      id: ELSEWHERE.id,
      scopes,
      defaultScopes: [],
      audiences: [OTHER_AUDIENCE],
    });
  });
  afterAll(() => service.stop());

  const call = (operation: DocumentedOperation, authorization?: string): Promise<Answer> => {
    const { method, path, requestBody } = operation;
    const [type, media] = Object.entries(requestBody?.content ?? {})[0] ?? [];
    const example = typeof media?.example === 'string' ? media.example : JSON.stringify(media?.example);
    return send(`${service.url}${path.replaceAll(/\{\w+\}/g, '0198d3a4-77a2-7b61-9a51-0c1f6a5b7e21')}`, {
      method,
      headers: {
        ...(type && { 'content-type': type }),
        ...(authorization && { authorization }),
        'if-match': '"of-nothing"',
      },
      body: type && example,
    });
  };
  const answers = async (token: (operation: DocumentedOperation) => Promise<string | undefined>) => {
    const all: [string, number, Answer][] = [];
    for (const operation of operations) {
      const authorization = await token(operation);
      const answer = await call(operation, authorization);
      all.push([operation.operationId, answer.status, answer]);
    }
    return all;
  };
  const but = (all: [string, number, Answer][], ...statuses: number[]) =>
    all.filter(([, status]) => !statuses.includes(status)).map(([id, status]) => `${id}: ${status}`);

  it('needs an access token', async () => {
    const all = await answers(() => Promise.resolve(undefined));
    expect(but(all, 401)).toEqual([]);
    for (const [, , { headers, body }] of all) {
      expect(headers['www-authenticate']).toMatch(/^Bearer/);
      expect(body.type).toBe('urn:regrant:problem:unauthenticated');
    }
  });

  it('takes nothing but an access token', async () => {
    expect(but(await answers(() => Promise.resolve(basic(ADMIN.id, ADMIN.secret))), 401)).toEqual([]);
    expect(but(await answers(() => Promise.resolve('Bearer nonsense')), 401)).toEqual([]);
  });

  it('needs its scope, and names it', async () => {
    const all = await answers(async (operation) => {
      const scopes = [...new Set(operations.map(scopeOf))].filter((scope) => scope !== scopeOf(operation));
      return `Bearer ${await adminToken(service.url, scopes.join(' '))}`;
    });
    expect(but(all, 403)).toEqual([]);
    all.forEach(([, , { body, headers }], index) => {
      expect(body.required_scope).toBe(scopeOf(operations[index]!));
      expect(headers['www-authenticate']).toMatch(/insufficient_scope/);
    });
  });

  it('refuses a token that is meant for another audience', async () => {
    const all = await answers(async (operation) => {
      const parameters = {
        grant_type: 'client_credentials',
        scope: scopeOf(operation),
        resource: OTHER_AUDIENCE,
      };
      return `Bearer ${(await tokenRequest(service.url, ELSEWHERE, parameters)).body.access_token!}`;
    });
    expect(but(all, 401)).toEqual([]);
  });

  it('refuses a token that was revoked', async () => {
    const all = await answers(async (operation) => {
      const token = await adminToken(service.url, scopeOf(operation));
      const headers = { authorization: basic(ADMIN.id, ADMIN.secret) };
      await postForm(`${service.url}/oauth2/revoke`, { token }, headers);
      return `Bearer ${token}`;
    });
    expect(but(all, 401)).toEqual([]);
  });

  it('refuses the token of a person without a role, whatever its scopes: signing in makes nobody an admin', async () => {
    const scopes = operations.map(scopeOf);
    await registerClient(service, { id: 'people', scopes, defaultScopes: [] });
    const all = await answers(async (operation) => {
      const parameters = { grant_type: 'password', ...DEMO_USER, scope: scopeOf(operation) };
      return `Bearer ${(await tokenRequest(service.url, { id: 'people', secret: CLIENT_SECRET }, parameters)).body.access_token!}`;
    });
    expect(but(all, 403)).toEqual([]);
  });

  it('lets the right scope in, and then answers what it documents', async () => {
    const all = await answers(
      async (operation) => `Bearer ${await adminToken(service.url, scopeOf(operation))}`,
    );
    const undocumented = all.filter(([, status], index) => !(String(status) in operations[index]!.responses));
    expect(undocumented.map(([id, status, { text }]) => `${id}: ${status} ${text}`)).toEqual([]);
    const notIn = all.filter(([, status, { body }], index) =>
      // A role whose scopes the caller lacks needs those too.
      status === 403 ? body.required_scope === scopeOf(operations[index]!) : [401, 500, 503].includes(status),
    );
    expect(notIn.map(([id]) => id)).toEqual([]);
  });
});
