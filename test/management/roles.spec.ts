import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ALL_MANAGEMENT_SCOPES } from '../../src/roles/management-scopes.js';
import {
  adminToken,
  ifMatch,
  managementClient,
  type ManagementClient,
  startManaged,
} from '../support/management.js';
import { tokenRequest } from '../support/oauth.js';
import { CLIENT_SECRET, registerClient, type TestApp } from '../support/test-app.js';

const PASSWORD = 'correct horse battery staple';

describe('/admin/v1/roles', () => {
  let service: TestApp & { readonly admin: ManagementClient };
  let admin: ManagementClient;
  let users = 0;
  beforeAll(async () => {
    service = await startManaged();
    ({ admin } = service);
    await registerClient(service, { id: 'console', scopes: [...ALL_MANAGEMENT_SCOPES], defaultScopes: [] });
  });
  afterAll(() => service.stop());

  /** A new user with these roles; their id and name. */
  const person = async (...roles: string[]) => {
    const username = `person-${(users += 1)}`;
    const { body } = await admin.post('/users', { username, password: PASSWORD });
    await give(body.id as string, roles);
    return { id: body.id as string, username };
  };
  const give = async (id: string, roles: string[], as = admin) =>
    as.put(`/users/${id}/roles`, { roles }, ifMatch(await admin.get(`/users/${id}/roles`)));
  /** The management API with an access token of the person that asked for everything. */
  const signIn = async (username: string, scope = ALL_MANAGEMENT_SCOPES.join(' ')) => {
    const parameters = { grant_type: 'password', username, password: PASSWORD, scope };
    const { body } = await tokenRequest(service.url, { id: 'console', secret: CLIENT_SECRET }, parameters);
    return managementClient(service.url, body.access_token!);
  };
  const withScopes = async (...scopes: string[]) =>
    managementClient(service.url, await adminToken(service.url, scopes.join(' ')));

  it('begins with three, which nobody has', async () => {
    const { status, body } = await admin.get('/roles');
    expect(status).toBe(200);
    const items = body.items as { name: string; scopes: string[] }[];
    expect(items.map(({ name }) => name)).toEqual(['admin', 'auditor', 'support']);
    expect([...items[0]!.scopes].sort()).toEqual([...ALL_MANAGEMENT_SCOPES].sort());
    const { rows } = await service.database.pool.query('SELECT 1 FROM user_role');
    expect(rows).toEqual([]);
  });

  describe('a person at the management API', () => {
    it('may do what a role of theirs has, within the scopes of their token', async () => {
      const { username } = await person('support', 'auditor');
      const api = await signIn(username);
      expect((await api.get('/clients')).status).toBe(200);
      expect((await api.get('/users')).status).toBe(200);
      const refused = await api.post('/users', { username: 'nobody' });
      expect(refused.status).toBe(403);
      expect(refused.body.required_scope).toBe('users:write');
      expect((await (await signIn(username, 'users:read')).get('/clients')).status).toBe(403);
    });

    it('may do nothing without a role', async () => {
      const { username } = await person();
      expect((await (await signIn(username)).get('/users')).status).toBe(403);
    });

    it('loses at once what is taken away, with the token that they hold', async () => {
      const { id, username } = await person('auditor');
      const api = await signIn(username);
      expect((await api.get('/users')).status).toBe(200);
      await give(id, []);
      expect((await api.get('/users')).status).toBe(403);
    });

    it('is named in the audit log', async () => {
      const { id, username } = await person('admin');
      const api = await signIn(username);
      const created = await api.post('/roles', { name: 'named', scopes: ['users:read'] });
      expect(created.status).toBe(201);
      const { body } = await admin.get(`/audit?action=role.created&actor=${id}`);
      const [entry] = body.items as { actor: object; target: object }[];
      expect(entry).toMatchObject({ actor: { type: 'user', id }, target: { type: 'role', id: 'named' } });
    });
  });

  describe('writing a role', () => {
    it('creates, changes and deletes it; it is taken from everyone', async () => {
      const role = { name: 'readers', description: 'They read', scopes: ['users:read'] };
      const created = await admin.post('/roles', role);
      expect(created.status).toBe(201);
      expect(created.body).toMatchObject(role);
      expect(created.headers.location).toMatch(/\/admin\/v1\/roles\/readers$/);
      const { id, username } = await person('readers');
      const api = await signIn(username);
      expect((await api.get('/clients')).status).toBe(403);
      const scopes = ['users:read', 'clients:read'];
      const patched = await admin.patch('/roles/readers', { scopes, description: null }, ifMatch(created));
      expect(patched.body).toMatchObject({ scopes });
      expect(patched.body).not.toHaveProperty('description');
      expect((await api.get('/clients')).status).toBe(200);
      expect((await admin.delete('/roles/readers', ifMatch(patched))).status).toBe(204);
      expect((await admin.get(`/users/${id}/roles`)).body).toEqual({ roles: [] });
      expect((await api.get('/clients')).status).toBe(403);
      expect((await admin.get('/roles/readers')).status).toBe(404);
    });

    it.each([
      ['no scope', { name: 'a', scopes: [] }, '#/scopes'],
      ['an unknown scope', { name: 'a', scopes: ['users:read', 'root'] }, '#/scopes'],
      ['a scope twice', { name: 'a', scopes: ['users:read', 'users:read'] }, '#/scopes'],
      ['scopes of the wrong type', { name: 'a', scopes: 'users:read' }, '#/scopes'],
      ['a name that is none', { name: "a'; DROP TABLE role--", scopes: ['users:read'] }, '#/name'],
      ['a name too long', { name: 'a'.repeat(64), scopes: ['users:read'] }, '#/name'],
      ['an unknown member', { name: 'a', scopes: ['users:read'], everything: true }, '#/everything'],
    ])('refuses %s', async (_what, body, pointer) => {
      const answer = await admin.post('/roles', body);
      expect(answer.status).toBe(422);
      expect((answer.body.errors as { pointer: string }[]).map((error) => error.pointer)).toEqual([pointer]);
    });

    it('refuses a name that is taken, a change without If-Match, and one of what was changed meanwhile', async () => {
      expect((await admin.post('/roles', { name: 'support', scopes: ['users:read'] })).status).toBe(409);
      const read = await admin.get('/roles/support');
      expect((await admin.patch('/roles/support', { description: 'x' })).status).toBe(428);
      expect((await admin.patch('/roles/support', { description: 'x' }, ifMatch(read))).status).toBe(200);
      expect((await admin.patch('/roles/support', { description: 'y' }, ifMatch(read))).status).toBe(412);
    });
  });

  describe('nobody gives, takes or becomes more than they are', () => {
    let limited: ManagementClient;
    beforeEach(async () => {
      limited = await withScopes('roles:read', 'roles:write', 'users:read', 'users:write');
    });

    it('by a role: created, widened, narrowed, deleted', async () => {
      const refusals = [
        await limited.post('/roles', { name: 'wide', scopes: ['keys:write'] }),
        await limited.patch(
          '/roles/admin',
          { description: 'mine' },
          ifMatch(await admin.get('/roles/admin')),
        ),
        await limited.delete('/roles/admin', ifMatch(await admin.get('/roles/admin'))),
      ];
      expect(refusals.map(({ status }) => status)).toEqual([403, 403, 403]);
      const own = await limited.post('/roles', { name: 'own', scopes: ['users:read'] });
      expect(own.status).toBe(201);
      expect((await limited.patch('/roles/own', { scopes: ['keys:read'] }, ifMatch(own))).status).toBe(403);
    });

    it('by giving a role, or taking it from those who have it', async () => {
      const { id } = await person();
      expect((await give(id, ['admin'], limited)).status).toBe(403);
      const boss = await person('admin');
      expect((await give(boss.id, [], limited)).status).toBe(403);
      expect((await admin.get(`/users/${boss.id}/roles`)).body).toEqual({ roles: ['admin'] });
    });

    it('by the account of someone who has it', async () => {
      const { id } = await person('admin');
      const match = ifMatch(await admin.get(`/users/${id}`));
      const refusals = [
        await limited.put(`/users/${id}/password`, { password: 'another password' }, match),
        await limited.patch(`/users/${id}`, { email: 'me@example.com' }, match),
        await limited.post(`/users/${id}/disable`),
        await limited.delete(`/users/${id}`, match),
      ];
      expect(refusals.map(({ status, body }) => [status, typeof body.required_scope])).toEqual(
        refusals.map(() => [403, 'string']),
      );
      const ordinary = await person();
      const theirs = ifMatch(await admin.get(`/users/${ordinary.id}`));
      expect((await limited.patch(`/users/${ordinary.id}`, { email: 'me@example.com' }, theirs)).status).toBe(
        200,
      );
    });
  });

  it('says which role there is not, and whose roles these are', async () => {
    const { id } = await person();
    const answer = await give(id, ['support', 'nonsense']);
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toEqual([{ pointer: '#/roles/1', detail: 'there is no such role' }]);
    expect((await admin.get('/users/0198d3a4-77a2-7b61-9a51-0c1f6a5b7e21/roles')).status).toBe(404);
  });

  it('takes the token of a person for a person’s, even where a client has the id of the person', async () => {
    const { id, username } = await person();
    await registerClient(service, { id, scopes: ['users:read'], defaultScopes: [] });
    const parameters = { grant_type: 'password', username, password: PASSWORD, scope: 'users:read' };
    const { body } = await tokenRequest(service.url, { id, secret: CLIENT_SECRET }, parameters);
    const answer = await managementClient(service.url, body.access_token!).get('/users');
    expect(answer.status).toBe(403);
  });
});
