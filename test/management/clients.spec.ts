import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer } from '../support/http.js';
import { DEMO_USER } from '../../src/first-run/demo-accounts.js';
import {
  adminToken,
  ifMatch,
  type ManagementClient,
  managementClient,
  startManaged,
} from '../support/management.js';
import { refresh, tokenRequest } from '../support/oauth.js';
import { type TestApp } from '../support/test-app.js';

const SHOP = {
  client_name: 'Shop',
  redirect_uris: ['https://shop.example/callback'],
  grant_types: ['refresh_token', 'password', 'client_credentials'],
  scope: 'read write',
  default_scope: 'read',
  audiences: ['https://api.example'],
  token_policy: { rotation_grace_seconds: 30 },
  contacts: ['ops@shop.example'],
  jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }] },
};

let service: TestApp & { readonly admin: ManagementClient };
let admin: ManagementClient;
beforeAll(async () => {
  service = await startManaged();
  ({ admin } = service);
});
afterAll(() => service.stop());

const register = (id: string, overrides: object = {}): Promise<Answer> =>
  admin.post('/clients', { client_id: id, ...SHOP, ...overrides });
const secretOf = (answer: Answer): string => answer.body.client_secret as string;
const authenticates = async (id: string, secret: string): Promise<number> =>
  (await tokenRequest(service.url, { id, secret }, { grant_type: 'client_credentials' })).status;
const problems = ({ body }: Answer): unknown => body.errors;

describe('POST /admin/v1/clients', () => {
  it('registers a client, with its secret in the answer and nowhere after', async () => {
    const answer = await register('shop');
    expect(answer.status).toBe(201);
    expect(answer.headers.location).toBe(`${service.url}/admin/v1/clients/shop`);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.body).toMatchObject({
      client_id: 'shop',
      ...SHOP,
      enabled: true,
      client_secret_expires_at: 0,
    });
    expect(answer.body.token_endpoint_auth_method).toBe('client_secret_basic');
    expect(await authenticates('shop', secretOf(answer))).toBe(200);
    const read = await admin.get('/clients/shop');
    expect(read.text).not.toContain(secretOf(answer));
    expect(read.headers.etag).toBe(answer.headers.etag);
  });

  it('says of every setting of the token policy what is in force, and who set it', async () => {
    const { body } = await register('policied');
    expect(body.effective_token_policy).toMatchObject({
      rotation_grace_seconds: { value: 30, source: 'client' },
      rotation: { value: true, source: 'server' },
      access_token_lifetime: { value: 3_600, source: 'server' },
    });
    expect(Object.keys(body.effective_token_policy as object)).toHaveLength(10);
  });

  it('makes up an id, and takes a secret that the client has', async () => {
    const secret = 'a secret from before, with 100% of its "characters"';
    const { body } = await admin.post('/clients', { ...SHOP, client_secret: secret });
    expect(body.client_id).toMatch(/^[\da-f-]{36}$/);
    expect(await authenticates(body.client_id as string, secret)).toBe(200);
  });

  it('gives a public client no secret', async () => {
    const spa = { token_endpoint_auth_method: 'none', grant_types: ['refresh_token', 'password'] };
    const answer = await register('spa', { ...spa, jwks: undefined });
    expect(answer.status).toBe(201);
    expect(answer.body).not.toHaveProperty('client_secret');
    expect(problems(await register('spa-2', { ...spa, client_secret: 'x'.repeat(16) }))).toEqual([
      { pointer: '#/client_secret', detail: 'it authenticates without one' },
    ]);
  });

  it('refuses a single-page app without rotation, and says why (S0.1)', async () => {
    const spa = { token_endpoint_auth_method: 'none', grant_types: ['refresh_token'] };
    const answer = await register('no-rotation', { ...spa, token_policy: { rotation: false } });
    expect(answer.status).toBe(422);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.body).toMatchObject({ type: 'urn:regrant:problem:validation-failed', status: 422 });
    expect(problems(answer)).toEqual([
      { pointer: '#/token_policy/rotation', detail: expect.stringMatching(/stolen refresh token.*RFC 9700/) },
    ]);
  });

  it('says everything that is wrong at once', async () => {
    const answer = await register('all wrong', {
      client_name: '',
      redirect_uris: ['https://a.example/#x', 7],
      grant_types: 'password',
      token_policy: { rotation: 'yes', rotation_grace_seconds: -1, grace: 1 },
      clientName: 'slip',
      dpop_bound_access_tokens: null,
    });
    expect(answer.status).toBe(422);
    const pointers = (problems(answer) as { pointer: string }[]).map(({ pointer }) => pointer).sort();
    expect(pointers).toEqual([
      '#/clientName',
      '#/client_name',
      '#/dpop_bound_access_tokens',
      '#/grant_types',
      '#/redirect_uris',
      '#/token_policy/grace',
      '#/token_policy/rotation',
      '#/token_policy/rotation_grace_seconds',
    ]);
  });

  it.each([
    ['a grant that the server has not', { grant_types: ['refresh_token', 'implicit'] }, '#/grant_types/1'],
    ['an unknown method', { token_endpoint_auth_method: 'magic' }, '#/token_endpoint_auth_method'],
    [
      'ID tokens that nobody signed',
      { id_token_signed_response_alg: 'none' },
      '#/id_token_signed_response_alg',
    ],
    [
      'ID tokens by an algorithm that is off',
      { id_token_signed_response_alg: 'RS256' },
      '#/id_token_signed_response_alg',
    ],
    [
      'a sign-out to a script',
      { post_logout_redirect_uris: ['javascript:x'] },
      '#/post_logout_redirect_uris',
    ],
    [
      'a logout endpoint without TLS',
      { backchannel_logout_uri: 'http://shop.example/' },
      '#/backchannel_logout_uri',
    ],
    ['a default scope that it has not', { default_scope: 'admin' }, '#/default_scope'],
    ['a malformed scope', { scope: 'a "b"', default_scope: '' }, '#/scope'],
    ['a private key', { jwks: { keys: [{ kty: 'EC', d: 'd' }] } }, '#/jwks'],
    ['a short secret', { client_secret: 'short' }, '#/client_secret'],
    ['NUL in a name', { client_name: 'a\0b' }, '#/client_name'],
    ['half a surrogate pair', { client_name: '\uD800' }, '#/client_name'],
    ['an id with a space', { client_id: 'a shop' }, '#/client_id'],
  ])('refuses %s', async (_case, overrides, pointer) => {
    const answer = await register('refused', overrides);
    expect(answer.status).toBe(422);
    expect((problems(answer) as { pointer: string }[]).map((problem) => problem.pointer)).toEqual([pointer]);
  });

  it('refuses an id that is taken: 409', async () => {
    await register('taken');
    const answer = await register('taken');
    expect(answer.status).toBe(409);
    expect(answer.body.detail).toBe('there is a client taken already');
  });

  it('gives nobody more than they have themselves', async () => {
    const writer = managementClient(service.url, await adminToken(service.url, 'clients:read clients:write'));
    const answer = await writer.post('/clients', { ...SHOP, scope: 'read users:write' });
    expect(answer.status).toBe(403);
    expect(answer.body.required_scope).toBe('users:write');
    await register('mighty', { scope: 'keys:write read' });
    const read = await writer.get('/clients/mighty');
    const attempts = [
      await writer.post('/clients/mighty/secrets'),
      await writer.post('/clients/mighty/disable'),
      await writer.patch('/clients/mighty', { client_name: 'Mine' }, ifMatch(read)),
      await writer.delete('/clients/mighty', ifMatch(read)),
      await writer.patch(
        '/clients/shop',
        { scope: 'keys:write' },
        ifMatch(await writer.get('/clients/shop')),
      ),
    ];
    expect(attempts.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
  });
});

describe('Idempotency-Key', () => {
  it('does a repeated creation once, and answers it the same, the secret included', async () => {
    const headers = { 'idempotency-key': 'create-once' };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => admin.post('/clients', { ...SHOP, client_id: 'once' }, headers)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await authenticates('once', secretOf(answers[0]!))).toBe(200);
    const { body } = await admin.get('/audit?target=once');
    expect(body.items).toHaveLength(1);
  });

  it('for another request is refused: 422', async () => {
    const headers = { 'idempotency-key': 'other-request' };
    expect((await admin.post('/clients', { ...SHOP, client_id: 'first-use' }, headers)).status).toBe(201);
    const answer = await admin.post('/clients', { ...SHOP, client_id: 'second-use' }, headers);
    expect(answer.status).toBe(422);
    expect(problems(answer)).toEqual([
      { pointer: 'Idempotency-Key', detail: 'was used for another request' },
    ]);
  });

  it('of one caller is not another’s', async () => {
    const headers = { 'idempotency-key': 'shared-key' };
    await admin.post('/clients', { ...SHOP, client_id: 'of-admin' }, headers);
    const { body } = await register('second-admin', {
      scope: 'clients:write',
      default_scope: '',
      audiences: [],
    });
    const token = await adminToken(service.url, 'clients:write', {
      id: 'second-admin',
      secret: body.client_secret as string,
    });
    const answer = await managementClient(service.url, token).post(
      '/clients',
      { ...SHOP, client_id: 'of-second' },
      headers,
    );
    expect(answer.status).toBe(201);
  });

  it('keeps nothing that could be read: neither the secret nor a hash of the request', async () => {
    const secret = 'a secret worth looking for';
    const headers = { 'idempotency-key': 'sealed' };
    await admin.post('/clients', { ...SHOP, client_id: 'sealed', client_secret: secret }, headers);
    const { rows } = await service.database.pool.query<{ row: string }>(
      `SELECT encode(sealed, 'escape') || encode(fingerprint, 'escape') AS row FROM idempotent_answer`,
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.map(({ row }) => row).join()).not.toContain(secret);
  });
});

describe('PUT and PATCH /admin/v1/clients/{client_id}', () => {
  it('change what was read, and only that', async () => {
    const created = await register('changing');
    const patched = await admin.patch(
      '/clients/changing',
      {
        client_name: 'Changed',
        contacts: null,
        token_policy: { rotation_grace_seconds: null, rotation: true },
      },
      ifMatch(created),
    );
    expect(patched.status).toBe(200);
    const { contacts: _removed, token_policy: _changed, ...kept } = SHOP;
    expect(patched.body).toMatchObject({ ...kept, client_name: 'Changed' });
    expect(patched.body).not.toHaveProperty('contacts');
    expect(patched.body.token_policy).toEqual({ rotation: true });
    const replaced = await admin.put('/clients/changing', { client_name: 'Bare' }, ifMatch(patched));
    expect(replaced.status).toBe(200);
    expect(replaced.body).toMatchObject({
      client_name: 'Bare',
      scope: '',
      redirect_uris: [],
      token_policy: {},
    });
    expect(await authenticates('changing', secretOf(created))).toBe(400);
  });

  it('need the ETag: 428 without, 412 with one of before', async () => {
    const created = await register('guarded');
    for (const call of [
      admin.patch('/clients/guarded', { client_name: 'x' }),
      admin.put('/clients/guarded', SHOP),
      admin.delete('/clients/guarded'),
    ]) {
      expect((await call).status).toBe(428);
    }
    await admin.patch('/clients/guarded', { client_name: 'first' }, ifMatch(created));
    const late = await admin.patch('/clients/guarded', { client_name: 'second' }, ifMatch(created));
    expect(late.status).toBe(412);
    expect((await admin.get('/clients/guarded')).body.client_name).toBe('first');
  });

  it('let exactly one of many concurrent writers through', async () => {
    const created = await register('contended');
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        admin.patch('/clients/contended', { client_name: `writer ${index}` }, ifMatch(created)),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 412)).toHaveLength(19);
  });

  it('refuse to make a confidential client public', async () => {
    const created = await register('confidential');
    const answer = await admin.patch(
      '/clients/confidential',
      { token_endpoint_auth_method: 'none', grant_types: ['password'] },
      ifMatch(created),
    );
    expect(problems(answer)).toMatchObject([{ pointer: '#/token_endpoint_auth_method' }]);
  });

  it('of what is not there are 404', async () => {
    const headers = { 'if-match': '*' };
    const answers = [
      await admin.get('/clients/nobody'),
      await admin.get('/clients/%00'),
      await admin.patch('/clients/nobody', {}, headers),
      await admin.delete('/clients/nobody', headers),
      await admin.post('/clients/nobody/disable'),
      await admin.get('/nothing'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404]);
    for (const answer of answers)
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  });
});

describe('secrets of a client', () => {
  it('overlap while it changes over, and end one by one', async () => {
    const created = await register('rotating');
    const rotated = await admin.post('/clients/rotating/secrets', { overlap_seconds: 600 });
    expect(rotated.status).toBe(201);
    const [before, after] = [secretOf(created), secretOf(rotated)];
    expect([await authenticates('rotating', before), await authenticates('rotating', after)]).toEqual([
      200, 200,
    ]);
    const [old] = rotated.body.secrets as { id: string; expires_at: string }[];
    expect(new Date(old!.expires_at).getTime() - Date.now()).toBeGreaterThan(500_000);
    expect((await admin.delete(`/clients/rotating/secrets/${old!.id}`)).status).toBe(204);
    expect([await authenticates('rotating', before), await authenticates('rotating', after)]).toEqual([
      401, 200,
    ]);
    expect((await admin.delete(`/clients/rotating/secrets/${old!.id}`)).status).toBe(404);
    expect((await admin.delete(`/clients/rotating/secrets/x`)).status).toBe(404);
  });

  it('are never more than two that work, however often they are rotated', async () => {
    const secrets = [secretOf(await register('hasty'))];
    for (let round = 0; round < 3; round += 1)
      secrets.push(secretOf(await admin.post('/clients/hasty/secrets')));
    const statuses = await Promise.all(secrets.map((secret) => authenticates('hasty', secret)));
    expect(statuses).toEqual([401, 401, 200, 200]);
  });

  it('end at once with an overlap of 0', async () => {
    const created = await register('leaked');
    const rotated = await admin.post('/clients/leaked/secrets', { overlap_seconds: 0 });
    expect(await authenticates('leaked', secretOf(created))).toBe(401);
    expect(await authenticates('leaked', secretOf(rotated))).toBe(200);
  });
});

describe('disabling and deleting a client', () => {
  const session = async (id: string, secret: string) => {
    const client = { id, secret };
    const { body } = await tokenRequest(service.url, client, { grant_type: 'password', ...DEMO_USER });
    return { client, refreshToken: body.refresh_token! };
  };

  it('disabling kills its tokens at once, and enabling brings none back (L2)', async () => {
    const created = await register('disabled');
    const { client, refreshToken } = await session('disabled', secretOf(created));
    const disabled = await admin.post('/clients/disabled/disable');
    expect(disabled.body.enabled).toBe(false);
    expect((await refresh(service.url, refreshToken, client)).status).toBe(401);
    expect((await admin.post('/clients/disabled/enable')).body.enabled).toBe(true);
    expect((await refresh(service.url, refreshToken, client)).body.error).toBe('invalid_grant');
  });

  it('deleting does, and leaves one event and one audit entry (L5)', async () => {
    const created = await register('deleted');
    const { client, refreshToken } = await session('deleted', secretOf(created));
    expect((await admin.delete('/clients/deleted', ifMatch(created))).status).toBe(204);
    expect((await refresh(service.url, refreshToken, client)).status).toBe(401);
    await register('deleted', { client_secret: secretOf(created) });
    expect((await refresh(service.url, refreshToken, client)).body.error).toBe('invalid_grant');
    const { rows } = await service.database.pool.query(
      `SELECT type, initiator FROM revocation_event WHERE client_id = 'deleted'`,
    );
    expect(rows).toEqual([{ type: 'client-tokens-revoked', initiator: 'admin' }]);
    const { body } = await admin.get('/audit?target=deleted&action=client.deleted');
    expect(body.items).toMatchObject([
      { actor: { type: 'client', id: 'admin' }, before: { client_id: 'deleted' } },
    ]);
  });
});

describe('GET /admin/v1/clients', () => {
  it('lists every client once, in pages, whatever is added or deleted meanwhile', async () => {
    for (let index = 0; index < 25; index += 1) await register(`paged-${String(index).padStart(2, '0')}`);
    const seen: string[] = [];
    let path = '/clients?limit=10&search=PAGED-';
    for (let page = 0; ; page += 1) {
      const { body, headers } = await admin.get(path);
      seen.push(...(body.items as { client_id: string }[]).map(({ client_id }) => client_id));
      if (page === 0) {
        await register('paged-00-before');
        await admin.delete('/clients/paged-03', { 'if-match': '*' });
      }
      if (body.next_cursor === undefined) break;
      const [, next = ''] = /^<([^>]+)>; rel="next"$/.exec(headers.link as string) ?? [];
      path = next.replace(`${service.url}/admin/v1`, '');
    }
    expect(seen).toHaveLength(25);
    expect(new Set(seen).size).toBe(25);
  });

  it('filters, and refuses what it does not know', async () => {
    await register('off');
    await admin.post('/clients/off/disable');
    const { body } = await admin.get('/clients?enabled=false&search=off');
    expect((body.items as unknown[]).length).toBe(1);
    for (const query of [
      'limit=0',
      'limit=1001',
      'limit=x',
      'cursor=%25',
      'enabled=maybe',
      'order=name',
      'limit=1&limit=2',
    ]) {
      expect((await admin.get(`/clients?${query}`)).status).toBe(422);
    }
  });
});
