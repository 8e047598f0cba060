import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, FORM, formBody, type Parameters, send } from '../support/http.js';
import { ifMatch, type ManagementClient, startManaged } from '../support/management.js';
import { registerClient, type TestApp } from '../support/test-app.js';

const PATH = '/gateway/routes';
const SECRET = 'a secret of the gateway';
const UPSTREAM = 'http://upstream.internal:8080/base';

let service: TestApp & { readonly admin: ManagementClient };
let admin: ManagementClient;
beforeAll(async () => {
  service = await startManaged({ GATEWAY_PORT: '8123' });
  ({ admin } = service);
  await registerClient(service, { id: 'gateway' });
});
afterAll(() => service.stop());

const CONFIG = { client_id: 'gateway', client_secret: SECRET };
const create = (name: string, overrides: object = {}, headers = {}): Promise<Answer> =>
  admin.post(PATH, { name, upstream_url: UPSTREAM, config: CONFIG, ...overrides }, headers);
const withConfig = (config: object): object => ({ config: { ...CONFIG, ...config } });
const idOf = ({ body }: Answer): string => body.id as string;
const pathOf = (answer: Answer): string => `${PATH}/${idOf(answer)}`;
const configOf = ({ body }: Answer): Record<string, unknown> => body.config as Record<string, unknown>;
const pointersOf = ({ body }: Answer): unknown[] =>
  ((body.errors ?? []) as { pointer: string }[]).map(({ pointer }) => pointer).sort();

function patchForm(answer: Answer, parameters: Parameters, headers = {}): Promise<Answer> {
  const { token } = admin;
  return send(`${service.url}/admin/v1${pathOf(answer)}`, {
    method: 'PATCH',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': `${FORM}; charset=utf-8`,
      ...headers,
    },
    body: formBody(parameters),
  });
}

describe('POST /admin/v1/gateway/routes', () => {
  it("makes a route with Kong's defaults, and shows its secret nowhere (L6)", async () => {
    const answer = await create('defaults');
    expect(answer.status).toBe(201);
    expect(answer.headers.location).toBe(`${service.url}/admin/v1${pathOf(answer)}`);
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^[\da-f-]{36}$/),
      name: 'defaults',
      enabled: true,
      hosts: [],
      paths: ['/'],
      methods: [],
      upstream_url: UPSTREAM,
      strip_path: true,
      config: {
        auth_methods: ['refresh_token', 'password', 'bearer', 'client_credentials'],
        refresh_token_param_name: 'refresh_token',
        refresh_token_param_type: ['header', 'query', 'body'],
        upstream_access_token_header: 'authorization:bearer',
        upstream_refresh_token_header: null,
        downstream_access_token_header: null,
        downstream_refresh_token_header: null,
        issuer: service.url,
        client_id: 'gateway',
        client_auth: 'basic',
        scopes: ['openid'],
        audience: [],
        leeway: 0,
        cache_tokens: true,
        cache_ttl: 3_600,
        hide_credentials: true,
        timeout: 10_000,
        refresh_tokens: true,
      },
      has_client_secret: true,
      created_at: expect.any(String),
      updated_at: expect.any(String),
    });
    const read = await admin.get(pathOf(answer));
    expect(read.body).toEqual(answer.body);
    expect(read.headers.etag).toBe(answer.headers.etag);
    const audit = await admin.get(`/audit?target=${idOf(answer)}`);
    expect(audit.body.items).toMatchObject([{ action: 'gateway_route.created', after: answer.body }]);
    const { rows } = await service.database.pool.query<object>('SELECT * FROM gateway_route');
    for (const text of [answer.text, read.text, audit.text, JSON.stringify(rows)])
      expect(text).not.toContain(SECRET);
  });

  it('answers a repeat the same and makes one; another of the name is a conflict', async () => {
    const headers = { 'idempotency-key': 'one-route' };
    const [first, second] = [await create('once', {}, headers), await create('once', {}, headers)];
    expect(second.body).toEqual(first.body);
    const third = await create('once');
    expect([third.status, third.body.detail]).toEqual([409, 'the name is taken']);
  });

  it.each<[string, object, string[]]>([
    ['no upstream', { upstream_url: undefined }, ['#/upstream_url']],
    ['an upstream of another scheme', { upstream_url: 'ftp://upstream' }, ['#/upstream_url']],
    ['an upstream with a password', { upstream_url: 'http://a:b@upstream' }, ['#/upstream_url']],
    ['an upstream with a query', { upstream_url: 'http://upstream/?a' }, ['#/upstream_url']],
    ['the gateway as upstream', { upstream_url: 'http://localhost:8123/x' }, ['#/upstream_url']],
    ['a relative path', { paths: ['orders'] }, ['#/paths']],
    ['a path with dot segments', { paths: ['/a/../b'] }, ['#/paths']],
    ['an escaped path', { paths: ['/%61'] }, ['#/paths']],
    ['no path', { paths: [] }, ['#/paths']],
    ['a host with a port', { hosts: ['a.test:80'] }, ['#/hosts']],
    ['a host in upper case', { hosts: ['A.test'] }, ['#/hosts']],
    ['a star within a host', { hosts: ['a.*.test'] }, ['#/hosts']],
    ['a method in lower case', { methods: ['get'] }, ['#/methods']],
    ['an unknown member', { upstream: 'x' }, ['#/upstream']],
    ['an unknown member of the configuration', withConfig({ auth_method: 'x' }), ['#/config/auth_method']],
    ['an unknown way to authenticate', withConfig({ auth_methods: ['ldap'] }), ['#/config/auth_methods']],
    ['no way to authenticate', withConfig({ auth_methods: [] }), ['#/config/auth_methods']],
    [
      'a header that is none',
      withConfig({ upstream_access_token_header: 'a b' }),
      ['#/config/upstream_access_token_header'],
    ],
    [
      'a header of the connection',
      withConfig({ upstream_refresh_token_header: 'transfer_encoding' }),
      ['#/config/upstream_refresh_token_header'],
    ],
    [
      'one header for two tokens',
      withConfig({ upstream_refresh_token_header: 'Authorization' }),
      ['#/config/upstream_refresh_token_header'],
    ],
    [
      'a parameter that is a header of HTTP',
      withConfig({ refresh_token_param_name: 'authorization' }),
      ['#/config/refresh_token_param_name'],
    ],
    ['an issuer without TLS', withConfig({ issuer: 'http://issuer.test' }), ['#/config/issuer']],
    ['a leeway of an hour', withConfig({ leeway: 3_600 }), ['#/config/leeway']],
    ['a timeout of a millisecond', withConfig({ timeout: 1 }), ['#/config/timeout']],
    ['a scope with a space', withConfig({ scopes: ['openid profile'] }), ['#/config/scopes']],
    ['a client that is not ours', withConfig({ client_id: 'nobody' }), ['#/config/client_id']],
    ['no client', { config: {} }, ['#/config/client_id']],
    ['no secret', { config: { client_id: 'gateway' } }, ['#/config/client_secret']],
    ['a key for ourselves', withConfig({ client_auth: 'private_key_jwt' }), ['#/config/client_auth']],
    [
      'a key that is none',
      withConfig({ issuer: 'https://issuer.test', client_auth: 'private_key_jwt' }),
      ['#/config/client_secret'],
    ],
  ])('refuses %s', async (what, overrides, pointers) => {
    const answer = await create(what, overrides);
    expect([answer.status, pointersOf(answer)]).toEqual([422, pointers]);
    expect(answer.text).not.toContain(SECRET);
  });

  it('names every violated field at once', async () => {
    const config = { leeway: -1, issuer: 'x', client_secret: '' };
    const answer = await create('', { hosts: 'a.test', methods: ['get'], config });
    expect(pointersOf(answer)).toEqual([
      '#/config/client_secret',
      '#/config/issuer',
      '#/config/leeway',
      '#/hosts',
      '#/methods',
      '#/name',
    ]);
  });

  it('needs no client where it only looks at access tokens', async () => {
    const answer = await create('bearer', { config: { auth_methods: ['bearer'] } });
    expect(answer.status).toBe(201);
    expect(configOf(answer).client_id).toBeNull();
    expect(answer.body.has_client_secret).toBe(false);
  });

  it('takes null for no header', async () => {
    const answer = await create('no header', withConfig({ upstream_access_token_header: null }));
    expect(configOf(answer).upstream_access_token_header).toBeNull();
  });
});

describe("PATCH with Kong's form", () => {
  it('works as the OpenID Connect plugin documents it, without If-Match', async () => {
    const route = await create('seed');
    const answer = await patchForm(route, {
      'config.refresh_token_param_name': 'refresh_token',
      'config.refresh_token_param_type': 'header',
      'config.auth_methods': ['refresh_token', 'password'],
      'config.upstream_refresh_token_header': 'refresh_token',
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      id: idOf(route),
      name: 'seed',
      config: {
        auth_methods: ['refresh_token', 'password'],
        refresh_token_param_name: 'refresh_token',
        refresh_token_param_type: ['header'],
        upstream_refresh_token_header: 'refresh_token',
        upstream_access_token_header: 'authorization:bearer',
      },
      has_client_secret: true,
    });
    expect((await admin.get(pathOf(route))).body).toEqual(answer.body);
    const audit = await admin.get(`/audit?target=${idOf(route)}`);
    expect(audit.body.items).toContainEqual(
      expect.objectContaining({ action: 'gateway_route.changed', before: route.body, after: answer.body }),
    );
  });

  it('makes of each value what its field is, a repeated field or one with [] a list, an empty one null', async () => {
    const route = await create('typed', { hosts: ['a.test'] });
    const answer = await patchForm(route, {
      enabled: 'false',
      hosts: '',
      'paths[]': ['/a', '/b'],
      'config.leeway': '5',
      'config.cache_tokens': 'false',
      'config.scopes[]': 'read',
      'config.upstream_access_token_header': '',
    });
    expect(answer.body).toMatchObject({ enabled: false, hosts: [], paths: ['/a', '/b'] });
    expect(configOf(answer)).toMatchObject({
      leeway: 5,
      cache_tokens: false,
      scopes: ['read'],
      upstream_access_token_header: null,
    });
  });

  it.each<[string, Parameters, string[]]>([
    ['an unknown field', { 'config.nope': 'x' }, ['#/config/nope']],
    ['a field that is not nested so', { 'config.leeway.x': '1' }, ['#/config/leeway.x']],
    ['a repeated field that is no list', { 'config.leeway': ['1', '2'] }, ['#/config/leeway']],
    ['text for a number', { 'config.leeway': 'soon' }, ['#/config/leeway']],
    ['text for a boolean', { 'config.cache_tokens': 'yes' }, ['#/config/cache_tokens']],
    ['its id', { id: 'x' }, ['#/id']],
  ])('refuses %s', async (what, parameters, pointers) => {
    const answer = await patchForm(await create(`form: ${what}`), parameters);
    expect([answer.status, pointersOf(answer)]).toEqual([422, pointers]);
  });

  it('heeds an If-Match that is there', async () => {
    const route = await create('tagged form');
    const parameters = { 'config.leeway': '1' };
    expect((await patchForm(route, parameters, { 'if-match': '"old"' })).status).toBe(412);
    expect((await patchForm(route, parameters, ifMatch(route))).status).toBe(200);
  });

  it('needs the scope to write', async () => {
    const route = await create('scoped form');
    expect((await patchForm(route, { enabled: 'false' }, { authorization: 'Bearer no' })).status).toBe(401);
  });
});

describe('PATCH with JSON', () => {
  it('takes a merge patch and plain JSON, with If-Match only', async () => {
    const route = await create('merge');
    expect((await admin.patch(pathOf(route), { enabled: false })).status).toBe(428);
    const first = await admin.patch(pathOf(route), { config: { leeway: 3 } }, ifMatch(route));
    expect(configOf(first)).toMatchObject({ leeway: 3, client_id: 'gateway' });
    expect((await admin.patch(pathOf(route), { enabled: false }, ifMatch(route))).status).toBe(412);
    const json = { ...ifMatch(first), 'content-type': 'application/json' };
    expect((await admin.patch(pathOf(route), { enabled: false }, json)).body.enabled).toBe(false);
  });

  it('has null take a member away: to its default, or to none where that is a value', async () => {
    const route = await create('nulls', { hosts: ['a.test'], ...withConfig({ leeway: 9 }) });
    const patch = { hosts: null, config: { leeway: null, upstream_access_token_header: null } };
    const answer = await admin.patch(pathOf(route), patch, ifMatch(route));
    expect(answer.body).toMatchObject({ hosts: [], has_client_secret: true });
    expect(configOf(answer)).toMatchObject({ leeway: 0, upstream_access_token_header: null });
  });

  it('refuses other types', async () => {
    const route = await create('types');
    const headers = { ...ifMatch(route), 'content-type': 'text/plain' };
    expect((await admin.patch(pathOf(route), {}, headers)).status).toBe(415);
  });

  it('changes the secret, and says so in the audit log without saying it', async () => {
    const route = await create('secret');
    const patch = { config: { client_secret: 'another secret' } };
    const answer = await admin.patch(pathOf(route), patch, ifMatch(route));
    expect(answer.headers.etag).not.toBe(route.headers.etag);
    const audit = await admin.get(`/audit?target=${idOf(route)}`);
    expect(audit.text).not.toContain('another secret');
    expect(audit.body.items).toContainEqual(
      expect.objectContaining({ after: { ...answer.body, client_secret_changed: true } }),
    );
    const without = { config: { client_secret: null, client_auth: 'none' } };
    expect((await admin.patch(pathOf(route), without, ifMatch(answer))).body.has_client_secret).toBe(false);
  });

  it('sends a secret that was given for one issuer to no other', async () => {
    const route = await create('exfiltrate');
    const patch = { config: { issuer: 'https://elsewhere.test' } };
    const refused = await admin.patch(pathOf(route), patch, ifMatch(route));
    expect([refused.status, pointersOf(refused)]).toEqual([422, ['#/config/client_secret']]);
    const given = { config: { ...patch.config, client_secret: SECRET } };
    expect((await admin.patch(pathOf(route), given, ifMatch(route))).status).toBe(200);
  });

  it('gives no two routes a name', async () => {
    const route = await create('renamed');
    expect((await admin.patch(pathOf(route), { name: 'merge' }, ifMatch(route))).status).toBe(409);
  });
});

describe('PUT, GET and DELETE', () => {
  it('replaces a route, its secret stays, and what is left out gets its default', async () => {
    const route = await create('put', { hosts: ['a.test'], ...withConfig({ leeway: 9 }) });
    const body = { name: 'put', upstream_url: UPSTREAM, config: { client_id: 'gateway' } };
    const answer = await admin.put(pathOf(route), body, ifMatch(route));
    expect(answer.body).toMatchObject({ hosts: [], has_client_secret: true });
    expect(configOf(answer).leeway).toBe(0);
  });

  it('lists each route once, in pages, by what is asked for', async () => {
    const made: string[] = [];
    for (const number of [1, 2, 3]) made.push(idOf(await create(`listed ${number}`)));
    const first = await admin.get(`${PATH}?limit=2&search=LISTED`);
    const second = await admin.get(`${PATH}?search=listed&cursor=${String(first.body.next_cursor)}`);
    expect([first, second].flatMap(({ body }) => body.items as { id: string }[]).map(({ id }) => id)).toEqual(
      made,
    );
    expect(first.headers.link).toMatch(/rel="next"$/);
    expect((await admin.get(`${PATH}?enabled=false&search=listed`)).body.items).toEqual([]);
    expect((await admin.get(`${PATH}?cursor=eA`)).status).toBe(422);
  });

  it('deletes a route, once', async () => {
    const route = await create('deleted');
    expect((await admin.delete(pathOf(route))).status).toBe(428);
    expect((await admin.delete(pathOf(route), ifMatch(route))).status).toBe(204);
    expect((await admin.delete(pathOf(route), ifMatch(route))).status).toBe(404);
    expect((await admin.get(pathOf(route))).status).toBe(404);
  });
});
