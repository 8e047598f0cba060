import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { type Answer, postForm, send } from '../support/http.js';
import { ifMatch, type ManagementClient, startManaged } from '../support/management.js';
import { refresh, signIn, tokenRequest } from '../support/oauth.js';
import { manage, METADATA, register, REGISTRATION_ENVIRONMENT } from '../support/registration.js';
import { type TestApp } from '../support/test-app.js';

const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
const METHODS = ['GET', 'PUT', 'DELETE'] as const;

let service: TestApp & { readonly admin: ManagementClient };
beforeAll(async () => {
  service = await startManaged(REGISTRATION_ENVIRONMENT);
});
afterAll(() => service.stop());

const registered = async (overrides: object = {}): Promise<Answer> => {
  const answer = await register(service.url, { ...METADATA, ...overrides });
  if (answer.status !== 201) throw new Error(answer.text);
  return answer;
};
const idOf = ({ body }: Answer): string => body.client_id as string;
const tokenOf = ({ body }: Answer): string => body.registration_access_token as string;
const callerOf = ({ body }: Answer) => ({ id: String(body.client_id), secret: String(body.client_secret) });
const replace = (client: Answer, metadata: object, token?: string) =>
  manage('PUT', client, { client_id: idOf(client), ...metadata }, token);
/** What an admin does. */
const patch = async (client: Answer, change: object): Promise<void> => {
  const path = `/clients/${idOf(client)}`;
  const { status } = await service.admin.patch(path, change, ifMatch(await service.admin.get(path)));
  expect(status).toBe(200);
};

describe('GET of a registration (RFC 7592 §2.1)', () => {
  it('tells all that the registration told, but for the secret, of which only a hash is kept', async () => {
    const client = await registered();
    const { status, body, headers } = await manage('GET', client);
    const { client_secret: _secret, client_secret_expires_at: _expiry, ...told } = client.body;
    expect([status, body]).toEqual([200, told]);
    expect(headers['cache-control']).toBe('no-store');
  });
});

describe('PUT of a registration (RFC 7592 §2.2)', () => {
  it('replaces: what is left out is gone', async () => {
    const client = await registered();
    const { status, body } = await replace(client, { grant_types: ['client_credentials'], scope: 'read' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ client_id: idOf(client), scope: 'read', redirect_uris: [] });
    expect(body).not.toHaveProperty('client_uri');
    const { status: refused } = await tokenRequest(service.url, callerOf(client), {
      grant_type: 'refresh_token',
    });
    expect(refused).toBe(400);
    const token = await tokenRequest(service.url, callerOf(client), { grant_type: 'client_credentials' });
    expect([token.status, token.body.scope]).toEqual([200, 'read']);
  });

  it('rotates the token: the one before is 401 from then on', async () => {
    const client = await registered();
    const next = await replace(client, METADATA);
    expect(tokenOf(next)).not.toBe(tokenOf(client));
    for (const method of METHODS) expect((await manage(method, client, METADATA)).status).toBe(401);
    expect((await manage('GET', next)).status).toBe(200);
  });

  it('is done once of many at the same time with one token', async () => {
    const client = await registered();
    const answers = await Promise.all(Array.from({ length: 6 }, () => replace(client, METADATA)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401, 401, 401]);
  });

  it('takes the secret that the client has, and keeps it', async () => {
    const client = await registered();
    const { client_secret } = client.body;
    const { status, body } = await replace(client, { ...METADATA, client_secret });
    expect(status).toBe(200);
    expect(body).not.toHaveProperty('client_secret');
    const token = await tokenRequest(service.url, callerOf(client), { grant_type: 'client_credentials' });
    expect(token.status).toBe(200);
  });

  it('gives a client that changes to a secret one, and what it had before does not work', async () => {
    const client = await registered();
    const byKey = { ...METADATA, token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [jwk] } };
    const keyed = await replace(client, byKey);
    expect(keyed.body).not.toHaveProperty('client_secret');
    const again = await replace(keyed, METADATA);
    const ask = async (answer: Answer) =>
      (await tokenRequest(service.url, callerOf(answer), { grant_type: 'client_credentials' })).status;
    expect([await ask(client), await ask(again)]).toEqual([401, 200]);
  });

  const REFUSED: [what: string, metadata: () => object, error?: string][] = [
    ['no client_id', () => ({ client_id: undefined })],
    ["another's client_id", () => ({ client_id: 'admin' })],
    ['another secret', () => ({ client_secret: 'a secret of my own choice' })],
    ['registration_access_token', () => ({ registration_access_token: 'x' })],
    ['registration_client_uri', () => ({ registration_client_uri: 'https://x.example' })],
    ['client_secret_expires_at', () => ({ client_secret_expires_at: 0 })],
    ['client_id_issued_at', () => ({ client_id_issued_at: 0 })],
    ['a management scope', () => ({ scope: 'clients:write' })],
    ['introspect', () => ({ scope: 'read introspect' })],
    ['another grant', () => ({ grant_types: ['urn:example:grant'] })],
    ['another type of client', () => ({ token_endpoint_auth_method: 'none', grant_types: ['password'] })],
    ['a software statement', () => ({ software_statement: 'x' }), 'invalid_software_statement'],
    ['a redirect without TLS', () => ({ redirect_uris: ['http://x.example'] }), 'invalid_redirect_uri'],
  ];

  it.each(REFUSED)(
    'refuses %s, and changes nothing',
    async (_what, metadata, error = 'invalid_client_metadata') => {
      const client = await registered();
      const before = (await manage('GET', client)).body;
      const { status, body } = await replace(client, { ...METADATA, ...metadata() });
      expect([status, body.error]).toEqual([400, error]);
      expect((await manage('GET', client)).body).toEqual(before);
    },
  );

  it('keeps what an admin has given the client beside it', async () => {
    const client = await registered();
    const given = { audiences: ['https://api.example'], token_policy: { rotation_grace_seconds: 30 } };
    await patch(client, { ...given, scope: 'read orders', default_scope: 'read' });
    const { status, body } = await replace(client, { ...METADATA, scope: 'orders' });
    expect([status, body.scope]).toEqual([200, 'orders']);
    expect(body).not.toHaveProperty('token_policy');
    expect((await service.admin.get(`/clients/${idOf(client)}`)).body).toMatchObject({
      ...given,
      scope: 'orders',
    });
  });

  it('is 403 for a client that an admin has given power over the server', async () => {
    const client = await registered();
    await patch(client, { scope: 'users:read', default_scope: '' });
    expect((await replace(client, METADATA)).status).toBe(403);
    expect((await manage('GET', client)).status).toBe(200);
  });

  it('leaves an audit entry, by the client, from what to what', async () => {
    const client = await registered();
    const next = await replace(client, { ...METADATA, client_name: 'Renamed' });
    const { body, text } = await service.admin.get(`/audit?target=${idOf(client)}&action=client.changed`);
    expect(body.items).toMatchObject([
      {
        actor: { type: 'client', id: idOf(client) },
        before: { client_name: 'Self-made' },
        after: { client_name: 'Renamed' },
      },
    ]);
    expect(text).not.toContain(tokenOf(next));
  });
});

describe('DELETE of a registration (RFC 7592 §2.3)', () => {
  it('ends the client and all that was issued to it, with one event (E5, L5)', async () => {
    const client = await registered();
    const caller = callerOf(client);
    const tokens = (await signIn(service.url, caller)).body;
    const { status, text } = await manage('DELETE', client);
    expect([status, text]).toEqual([204, '']);
    expect((await refresh(service.url, tokens.refresh_token!, caller)).status).toBe(401);
    const credentials = { client_id: 'demo', client_secret: 'demo-secret' };
    const asked = await postForm(`${service.url}/oauth2/introspect`, {
      token: tokens.access_token,
      ...credentials,
    });
    expect(asked.body).toEqual({ active: false });
    const { rows } = await service.database.pool.query(
      'SELECT type, reason, initiator FROM revocation_event WHERE client_id = $1',
      [idOf(client)],
    );
    expect(rows).toEqual([{ type: 'client-tokens-revoked', reason: 'client_deleted', initiator: 'user' }]);
    const { body } = await service.admin.get(`/audit?target=${idOf(client)}&action=client.deleted`);
    expect(body.items).toMatchObject([{ actor: { type: 'client', id: idOf(client) } }]);
  });

  it('makes the token 401, as it makes that of a client that an admin deletes', async () => {
    const [own, other] = [await registered(), await registered()];
    await manage('DELETE', own);
    await service.admin.delete(`/clients/${idOf(other)}`, { 'if-match': '*' });
    for (const client of [own, other])
      for (const method of METHODS) expect((await manage(method, client, METADATA)).status).toBe(401);
  });

  it('is done once of many at the same time', async () => {
    const client = await registered();
    const answers = await Promise.all(Array.from({ length: 5 }, () => manage('DELETE', client)));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 401, 401, 401, 401]);
  });
});

describe.each(METHODS)('%s with a wrong registration access token', (method) => {
  it('is 401, and nothing happens', async () => {
    const [client, other] = [await registered(), await registered()];
    const own = tokenOf(client);
    const flipped = `${own.slice(0, -1)}${own.endsWith('A') ? 'Q' : 'A'}`;
    for (const token of [tokenOf(other), flipped, `${own}A`, 'rgc_', 'x', service.admin.token]) {
      const { status, headers } = await manage(
        method,
        client,
        { client_id: idOf(client), ...METADATA },
        token,
      );
      expect([status, headers['www-authenticate']]).toEqual([
        401,
        expect.stringMatching(/^Bearer .*invalid_token/),
      ]);
    }
    expect((await manage('GET', client)).status).toBe(200);
  });

  it('is 401 for clients that have none or are not there, and without a token', async () => {
    const client = await registered();
    for (const id of ['admin', 'nobody', 'a%00b', '%ff', 'x'.repeat(300)]) {
      const url = `${service.url}/oauth2/register/${id}`;
      const { status } = await send(url, { method, headers: { authorization: `Bearer ${tokenOf(client)}` } });
      expect([id, [401, 400].includes(status)]).toEqual([id, true]);
    }
    const { status } = await send(client.body.registration_client_uri as string, { method });
    expect(status).toBe(401);
  });

  it('is 403 for a client that is disabled', async () => {
    const client = await registered();
    await service.admin.post(`/clients/${idOf(client)}/disable`);
    expect((await manage(method, client, { client_id: idOf(client), ...METADATA })).status).toBe(403);
  });
});
