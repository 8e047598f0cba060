import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { type Answer, send } from '../support/http.js';
import { type ManagementClient, startManaged } from '../support/management.js';
import { tokenRequest } from '../support/oauth.js';
import { initialAccessToken, METADATA, register, REGISTRATION_ENVIRONMENT } from '../support/registration.js';
import { startApp, type TestApp } from '../support/test-app.js';

const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });

let service: TestApp & { readonly admin: ManagementClient };
beforeAll(async () => {
  service = await startManaged(REGISTRATION_ENVIRONMENT);
});
afterAll(() => service.stop());

const ask = (overrides: object, token?: string): Promise<Answer> =>
  register(service.url, { ...METADATA, ...overrides }, token);
const count = async (): Promise<number> => {
  const { rows } = await service.database.pool.query<{ count: number }>('SELECT count(*)::int FROM client');
  return rows[0]!.count;
};

describe('POST /oauth2/register', () => {
  it('registers a client that can get tokens at once (RFC 7591 §3.2.1)', async () => {
    const answer = await ask({});
    expect(answer.status).toBe(201);
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' });
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    const { client_id, client_secret, registration_access_token, ...rest } = answer.body;
    expect(rest).toEqual({
      ...METADATA,
      post_logout_redirect_uris: [],
      backchannel_logout_session_required: false,
      require_pushed_authorization_requests: false,
      token_endpoint_auth_method: 'client_secret_basic',
      response_types: [],
      dpop_bound_access_tokens: false,
      client_id_issued_at: expect.any(Number),
      client_secret_expires_at: 0,
      registration_client_uri: `${service.url}/oauth2/register/${String(client_id)}`,
    });
    expect(Math.abs(Number(rest.client_id_issued_at) - Date.now() / 1000)).toBeLessThan(600);
    expect(registration_access_token).toMatch(/^rgc_[\w-]{43}$/);
    const client = { id: String(client_id), secret: String(client_secret) };
    const token = await tokenRequest(service.url, client, { grant_type: 'client_credentials' });
    expect([token.status, token.body.scope]).toEqual([200, 'read write']);
  });

  it('gives a public client and one with keys no secret', async () => {
    const grant_types = ['refresh_token', 'password'];
    for (const metadata of [
      { token_endpoint_auth_method: 'none', grant_types },
      { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [jwk] } },
    ]) {
      const { status, body } = await ask(metadata);
      expect(status).toBe(201);
      expect(body).toMatchObject(metadata);
      expect(body).not.toHaveProperty('client_secret');
      expect(body).not.toHaveProperty('client_secret_expires_at');
    }
  });

  it('ignores what it does not know, and what is not a client’s to set (RFC 7591 §2)', async () => {
    const ours = {
      client_id: 'admin',
      client_secret: 'a secret of my own choice',
      enabled: false,
      default_scope: 'admin',
      audiences: ['https://api.example'],
      token_policy: { rotation: false, refresh_token_lifetime: 1 },
      client_id_issued_at: 1,
    };
    const answer = await ask({ ...ours, 'client_name#de': 'Selbstgemacht', x: { y: [1] }, logo_uri: null });
    expect(answer.status).toBe(201);
    expect(answer.body.client_id).not.toBe('admin');
    expect(answer.body.client_secret).not.toBe(ours.client_secret);
    const { body } = await service.admin.get(`/clients/${String(answer.body.client_id)}`);
    expect(body).toMatchObject({
      enabled: true,
      audiences: [],
      token_policy: {},
      default_scope: 'read write',
    });
  });

  it('gives all scopes on offer where none is named, but for those of the server (escalation)', async () => {
    expect((await ask({ scope: undefined })).body.scope).toBe('read write');
  });

  it('leaves an audit entry, and no token or secret in it', async () => {
    const { body } = await ask({});
    const entries = await service.admin.get(`/audit?target=${String(body.client_id)}`);
    expect(entries.body.items).toMatchObject([
      { action: 'client.created', actor: { type: 'client', id: body.client_id }, after: METADATA },
    ]);
    for (const secret of ['client_secret', 'registration_access_token'])
      expect(entries.text).not.toContain(body[secret]);
  });

  const REFUSED: [what: string, metadata: object, error?: string][] = [
    ['a management scope', { scope: 'read clients:write' }],
    ['a scope of the management API to come', { scope: 'users:impersonate' }],
    ['introspect, though it is configured', { scope: 'introspect' }],
    ['events.read', { scope: 'events.read' }],
    ['ssf.manage', { scope: 'ssf.manage' }],
    ['a scope in other letters', { scope: 'READ' }],
    ['a scope that is not on offer', { scope: 'read admin' }],
    ['a malformed scope', { scope: 'read  write' }],
    ['a scope that is no string', { scope: ['read'] }],
    ['an unknown grant', { grant_types: ['urn:example:grant'] }],
    ['the implicit grant (A16)', { grant_types: ['implicit'] }],
    ['grants that are no array', { grant_types: 'refresh_token' }],
    [
      'no grants, which means the code grant, and no redirects',
      { grant_types: undefined, redirect_uris: undefined },
      'invalid_redirect_uri',
    ],
    ['client_credentials of a public client', { token_endpoint_auth_method: 'none' }],
    ['an unknown method', { token_endpoint_auth_method: 'client_secret_jwt' }],
    ['private_key_jwt without keys', { token_endpoint_auth_method: 'private_key_jwt' }],
    ['a private key', { jwks: { keys: [{ ...jwk, d: 'AA' }] } }],
    ['a symmetric key', { jwks: { keys: [{ kty: 'oct', k: 'AA' }] } }],
    ['a key set that is none', { jwks: [] }],
    ['a key with NUL', { jwks: { keys: [{ ...jwk, kid: 'a\0' }] } }],
    ['a key with half a surrogate pair', { jwks: { keys: [{ ...jwk, kid: '\ud800' }] } }],
    ['jwks_uri, which we never fetch', { jwks_uri: 'https://self.example/jwks' }],
    ['response_types but code', { response_types: ['token'] }],
    ['a software statement', { software_statement: 'a.b.c' }, 'invalid_software_statement'],
    ['a home page without TLS', { client_uri: 'http://self.example' }],
    ['a logo that is a script', { logo_uri: 'javascript:alert(1)' }],
    ['a logo that is data', { logo_uri: 'data:image/svg+xml,<svg/>' }],
    ['a policy with a password', { policy_uri: 'https://user:pass@self.example' }],
    ['terms that are no URI', { tos_uri: 'see our lawyer' }],
    ['a name that is too long', { client_name: 'x'.repeat(256) }],
    ['a name with NUL', { client_name: 'a\0b' }],
    ['a name with half a surrogate pair', { client_name: '\udfff' }],
    ['a name that is no string', { client_name: {} }],
    ['contacts that are no strings', { contacts: [7] }],
    ['a flag that is no flag', { dpop_bound_access_tokens: 'true' }],
    ['a redirect without TLS', { redirect_uris: ['http://self.example/'] }, 'invalid_redirect_uri'],
    ['a redirect that is a script', { redirect_uris: ['javascript:alert(1)'] }, 'invalid_redirect_uri'],
    ['a redirect with a fragment', { redirect_uris: ['https://self.example/#x'] }, 'invalid_redirect_uri'],
    ['a redirect with a password', { redirect_uris: ['https://u:p@self.example/'] }, 'invalid_redirect_uri'],
    ['a redirect to a scheme of anybody', { redirect_uris: ['myapp://callback'] }, 'invalid_redirect_uri'],
    [
      'a sign-out that leads to a script',
      { post_logout_redirect_uris: ['javascript:alert(1)'] },
      'invalid_redirect_uri',
    ],
    [
      'a sign-out without TLS',
      { post_logout_redirect_uris: ['http://self.example/'] },
      'invalid_redirect_uri',
    ],
    ['a logout endpoint without TLS', { backchannel_logout_uri: 'http://self.example/logout' }],
    ['a logout endpoint with a fragment', { backchannel_logout_uri: 'https://self.example/logout#x' }],
    ['ID tokens that nobody signed', { id_token_signed_response_alg: 'none' }],
    ['ID tokens by an algorithm that is off', { id_token_signed_response_alg: 'RS256' }],
    ['a relative redirect', { redirect_uris: ['/callback'] }, 'invalid_redirect_uri'],
  ];

  it.each(REFUSED)(
    'refuses %s, and registers nothing',
    async (_what, metadata, error = 'invalid_client_metadata') => {
      const before = await count();
      const { status, body, headers } = await ask(metadata);
      expect([status, body.error]).toEqual([400, error]);
      expect(body.error_description).toMatch(/^[\x20\x21\x23-\x5B\x5D-\x7E]+$/);
      expect(headers['cache-control']).toBe('no-store');
      expect(await count()).toBe(before);
    },
  );

  it('keeps how people sign out of the client, and how its ID tokens are signed', async () => {
    const metadata = {
      post_logout_redirect_uris: ['https://self.example/signed-out'],
      backchannel_logout_uri: 'https://self.example/logout',
      backchannel_logout_session_required: true,
      require_pushed_authorization_requests: true,
      id_token_signed_response_alg: 'ES256',
    };
    const { status, body } = await ask(metadata);
    expect([status, body]).toEqual([201, expect.objectContaining(metadata)]);
    const shown = await service.admin.get(`/clients/${String(body.client_id)}`);
    expect(shown.body).toMatchObject(metadata);
  });

  it.each(['https://self.example/', 'http://127.0.0.1:8080/callback', 'com.example.app:/callback'])(
    'takes the redirect URI %s',
    async (uri) => {
      expect((await ask({ redirect_uris: [uri] })).status).toBe(201);
    },
  );

  const json = { 'content-type': 'application/json' };
  it.each<[string, string | Buffer | undefined, Record<string, string>, number]>([
    ['nothing', undefined, {}, 400],
    ['an empty body', '', json, 400],
    ['a form', 'client_name=x', { 'content-type': 'application/x-www-form-urlencoded' }, 400],
    ['JSON of another type', '{}', { 'content-type': 'text/plain' }, 400],
    ['malformed JSON', '{"client_name":', json, 400],
    ['an array', '[]', json, 400],
    ['null', 'null', json, 400],
    ['a string', '"x"', json, 400],
    ['a prototype', '{"__proto__":{"client_name":"x"}}', json, 400],
    ['what is no UTF-8', Buffer.from('{"client_name":"\xff","grant_types":[]}', 'latin1'), json, 400],
    ['65 KiB', `{"client_name":"${'a'.repeat(66_000)}"}`, json, 413],
  ])('is refused for %s', async (_what, body, headers, status) => {
    const answer = await send(`${service.url}/oauth2/register`, { method: 'POST', headers, body });
    expect(answer.status).toBe(status);
    expect(answer.body.error).toMatch(/^invalid_(request|client_metadata)$/);
  });

  it('is 405 for other methods', async () => {
    const { status, headers } = await send(`${service.url}/oauth2/register`, { method: 'GET' });
    expect([status, headers.allow]).toEqual([405, 'POST']);
  });
});

describe('an initial access token', () => {
  it('decides which scopes there are, and is named in the audit log', async () => {
    const token = await initialAccessToken(service.admin, { scopes: ['orders'] });
    const answer = await ask({ scope: 'orders' }, token);
    expect([answer.status, answer.body.scope]).toEqual([201, 'orders']);
    const { body } = await service.admin.get(`/audit?target=${String(answer.body.client_id)}`);
    expect(body.items).toMatchObject([{ actor: { type: 'initial_access_token' } }]);
  });

  it('is spent by a registration, and not by one that was refused', async () => {
    const token = await initialAccessToken(service.admin, { scopes: ['read'] });
    expect((await ask({ scope: 'write' }, token)).status).toBe(400);
    expect((await ask({ scope: 'read', token_endpoint_auth_method: 'private_key_jwt' }, token)).status).toBe(
      400,
    );
    expect((await ask({ scope: 'read' }, token)).status).toBe(201);
    expect((await ask({ scope: 'read' }, token)).status).toBe(401);
  });

  it('for 5 registrations makes 5, however many come at once', async () => {
    const token = await initialAccessToken(service.admin, { max_registrations: 5, scopes: ['read'] });
    const before = await count();
    const answers = await Promise.all(Array.from({ length: 12 }, () => ask({ scope: 'read' }, token)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, 201, 201, 201, 201, 401, 401, 401, 401, 401, 401, 401]);
    expect(await count()).toBe(before + 5);
  });

  it('that is wrong, expired or revoked is 401, even where registration is open', async () => {
    const [expired, revoked] = [
      await initialAccessToken(service.admin),
      await initialAccessToken(service.admin),
    ];
    const { body } = await service.admin.get('/initial-access-tokens?limit=2');
    const [last, first] = body.items as { id: string }[];
    await service.admin.post(`/initial-access-tokens/${last!.id}/revoke`);
    const expire = 'UPDATE initial_access_token SET expires_at = created_at WHERE id = $1';
    await service.database.pool.query(expire, [first!.id]);
    const flipped = `${revoked.slice(0, -1)}${revoked.endsWith('A') ? 'Q' : 'A'}`;
    const wrong = [expired, revoked, flipped, 'rgi_', `rgi_${'A'.repeat(64)}`, 'x', service.admin.token];
    for (const token of wrong) {
      const { status, headers } = await ask({}, token);
      expect([status, headers['www-authenticate']]).toEqual([
        401,
        expect.stringMatching(/^Bearer .*invalid_token/),
      ]);
    }
  });
});

describe('DYNAMIC_REGISTRATION', () => {
  it('off, as it is by default, has no endpoint and promises none', async () => {
    const off = await startApp({ DYNAMIC_REGISTRATION: undefined });
    try {
      expect((await register(off.url)).status).toBe(404);
      const path = `${off.url}/.well-known/oauth-authorization-server`;
      expect((await send(path, { method: 'GET' })).body).not.toHaveProperty('registration_endpoint');
    } finally {
      await off.stop();
    }
  });

  it('initial_access_token lets nobody register without one', async () => {
    const closed = await startManaged({
      ...REGISTRATION_ENVIRONMENT,
      DYNAMIC_REGISTRATION: 'initial_access_token',
    });
    try {
      const { status, headers } = await register(closed.url);
      expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer realm="regrant"']);
      const token = await initialAccessToken(closed.admin, { scopes: ['read', 'write'] });
      expect((await register(closed.url, METADATA, token)).status).toBe(201);
    } finally {
      await closed.stop();
    }
  });

  it('open is limited per address, refusals included', async () => {
    const limited = await startApp({ ...REGISTRATION_ENVIRONMENT, REGISTRATION_LIMIT: '3' });
    try {
      const statuses: number[] = [];
      for (const body of [METADATA, {}, METADATA, METADATA])
        statuses.push((await register(limited.url, body)).status);
      expect(statuses).toEqual([201, 400, 201, 429]);
      expect((await register(limited.url)).headers['retry-after']).toMatch(/^[1-9]\d*$/);
    } finally {
      await limited.stop();
    }
  });
});
