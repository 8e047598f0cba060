import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MANAGEMENT_SCOPES } from '../../src/roles/management-scopes.js';
import { type Answer } from '../support/http.js';
import { type ManagementClient, startManaged } from '../support/management.js';
import { register, REGISTRATION_ENVIRONMENT } from '../support/registration.js';
import { type TestApp } from '../support/test-app.js';

const PATH = '/initial-access-tokens';
const UNKNOWN = '0198d3a4-77a2-7b61-9a51-0c1f6a5b7e21';

let service: TestApp & { readonly admin: ManagementClient };
let admin: ManagementClient;
beforeAll(async () => {
  service = await startManaged(REGISTRATION_ENVIRONMENT);
  ({ admin } = service);
});
afterAll(() => service.stop());

const create = (settings: object = {}, headers = {}): Promise<Answer> => admin.post(PATH, settings, headers);
const idOf = ({ body }: Answer): string => body.id as string;

describe('POST /admin/v1/initial-access-tokens', () => {
  it('makes a token, shown once and nowhere after', async () => {
    const answer = await create({ expires_in: 60, max_registrations: 5, scopes: ['read'] });
    expect(answer.status).toBe(201);
    const { initial_access_token: token, ...stored } = answer.body;
    expect(token).toMatch(/^rgi_[\w-]{64}$/);
    expect(stored).toMatchObject({ max_registrations: 5, registrations: 0, scopes: ['read'], usable: true });
    const lifetime = Date.parse(String(stored.expires_at)) - Date.parse(String(stored.created_at));
    expect(Math.abs(lifetime - 60_000)).toBeLessThan(1_000);
    expect(answer.headers.location).toBe(`${service.url}/admin/v1${PATH}/${idOf(answer)}`);
    const read = await admin.get(`${PATH}/${idOf(answer)}`);
    expect(read.body).toEqual(stored);
    const audit = await admin.get(`/audit?target=${idOf(answer)}`);
    expect(audit.body.items).toMatchObject([{ action: 'initial_access_token.created', after: stored }]);
    for (const { text } of [read, audit, await admin.get(PATH)]) expect(text).not.toContain(token);
    const { rows } = await service.database.pool.query<object>('SELECT * FROM initial_access_token');
    expect(JSON.stringify(rows)).not.toContain(String(token));
  });

  it('makes one for one registration and a day where nothing is said', async () => {
    const { body } = await create();
    expect(body).toMatchObject({ max_registrations: 1, scopes: [] });
    const lifetime = Date.parse(String(body.expires_at)) - Date.parse(String(body.created_at));
    expect(Math.abs(lifetime - 86_400_000)).toBeLessThan(1_000);
  });

  it('answers a repeat with the same token, and makes one', async () => {
    const headers = { 'idempotency-key': 'one-token' };
    const [first, second] = [await create({}, headers), await create({}, headers)];
    expect(second.body).toEqual(first.body);
  });

  it.each<[string, object, string]>([
    ['a management scope', { scopes: ['read', 'clients:write'] }, '#/scopes/1'],
    ['introspect', { scopes: ['introspect'] }, '#/scopes/0'],
    ['a malformed scope', { scopes: ['a b'] }, '#/scopes/0'],
    ['no registrations', { max_registrations: 0 }, '#/max_registrations'],
    ['too many', { max_registrations: 10_001 }, '#/max_registrations'],
    ['a lifetime that is over', { expires_in: 0 }, '#/expires_in'],
    ['what it does not know', { scope: 'read' }, '#/scope'],
  ])('refuses %s', async (_what, settings, pointer) => {
    const { status, body } = await create(settings);
    expect([status, body.errors]).toEqual([422, [expect.objectContaining({ pointer })]]);
  });
});

describe('GET and revoke', () => {
  it('lists each token once, newest first, in pages', async () => {
    const made: string[] = [];
    for (let index = 0; index < 5; index += 1) made.unshift(idOf(await create()));
    const first = await admin.get(`${PATH}?limit=3`);
    const second = await admin.get(`${PATH}?limit=2&cursor=${String(first.body.next_cursor)}`);
    const ids = [first, second].flatMap(({ body }) => (body.items as { id: string }[]).map(({ id }) => id));
    expect(ids).toEqual(made);
    expect(first.headers.link).toMatch(/rel="next"$/);
    expect((await admin.get(`${PATH}?cursor=eA`)).status).toBe(422);
  });

  it('counts registrations, and ends with the last', async () => {
    const { body } = await create({ max_registrations: 1 });
    const grants = { grant_types: ['client_credentials'] };
    expect((await register(service.url, grants, body.initial_access_token as string)).status).toBe(201);
    expect((await admin.get(`${PATH}/${String(body.id)}`)).body).toMatchObject({
      registrations: 1,
      usable: false,
    });
  });

  it('revokes at once, with one audit entry however often', async () => {
    const created = await create();
    const revoke = () => admin.post(`${PATH}/${idOf(created)}/revoke`);
    const first = await revoke();
    expect([first.status, first.body.usable]).toEqual([200, false]);
    expect((await revoke()).body).toEqual(first.body);
    const token = created.body.initial_access_token as string;
    expect((await register(service.url, undefined, token)).status).toBe(401);
    const { body } = await admin.get(`/audit?target=${idOf(created)}&action=initial_access_token.revoked`);
    expect(body.items).toHaveLength(1);
  });

  it('is 404 for what is not there', async () => {
    for (const id of [UNKNOWN, 'x']) {
      expect((await admin.get(`${PATH}/${id}`)).status).toBe(404);
      expect((await admin.post(`${PATH}/${id}/revoke`)).status).toBe(404);
    }
  });
});

describe('a scope that this server obeys', () => {
  it.each([...Object.keys(MANAGEMENT_SCOPES), 'introspect', 'events.read', 'ssf.read', 'ssf.manage'])(
    '%s is given by no initial access token',
    async (scope) => {
      expect((await create({ scopes: [scope] })).status).toBe(422);
    },
  );
});
