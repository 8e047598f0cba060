import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ClientTokenPolicy } from '../../src/clients/token-policy.js';
import { type Answer } from '../support/http.js';
import { type ManagementClient, startManaged } from '../support/management.js';
import { fillFamilies } from '../support/many-families.js';
import { registerClient, type TestApp } from '../support/test-app.js';

const DAY = 86_400;

let service: TestApp & { readonly admin: ManagementClient };
beforeAll(async () => {
  service = await startManaged({ PURGE_INTERVAL: '0' });
});
afterAll(() => service.stop());

const preview = (tokenPolicy: object, clientId?: string): Promise<Answer> =>
  service.admin.post('/policy-previews', { client_id: clientId, token_policy: tokenPolicy });
const register = async (id: string, tokenPolicy: ClientTokenPolicy = {}, type?: 'public'): Promise<void> => {
  await registerClient(service, { id, tokenPolicy, ...(type && { type }) });
};
const clientsOf = ({ body }: Answer) => body.clients as { client_id: string; problems: string[] }[];
const policyOf = async (id: string): Promise<unknown> => {
  const { rows } = await service.database.pool.query<object>(
    'SELECT token_policy FROM client WHERE id = $1',
    [id],
  );
  return rows;
};

describe('POST /admin/v1/policy-previews for one client', () => {
  it('says what changes, how many live families there are, and how many would end, and changes nothing', async () => {
    await register('counted', { rotation_grace_seconds: 30 });
    await fillFamilies(service.database.pool, {
      count: 400,
      users: 40,
      clientId: 'counted',
      revokedOneIn: 4,
    });
    const before = await policyOf('counted');
    const { status, body } = await preview(
      { absolute_lifetime: 15 * DAY, rotation_grace_seconds: null, rotation: true },
      'counted',
    );
    expect(status).toBe(200);
    expect(body).toEqual({
      clients_changed: 1,
      clients: [
        {
          client_id: 'counted',
          client_name: 'counted',
          changes: [
            { setting: 'rotation_grace_seconds', before: 30, after: 10 },
            { setting: 'absolute_lifetime', before: 0, after: 15 * DAY },
          ],
          problems: [],
          live_families: 300,
          would_end: expect.any(Number),
          at_least: false,
        },
      ],
    });
    const [{ would_end: wouldEnd }] = body.clients as [{ would_end: number }];
    expect(wouldEnd).toBeGreaterThan(140);
    expect(wouldEnd).toBeLessThan(160);
    expect(await policyOf('counted')).toEqual(before);
  });

  it('says that nothing changes', async () => {
    await register('unchanged', { rotation_grace_seconds: 10 });
    const nothing = { clients_changed: 0, clients: [] };
    expect((await preview({ rotation_grace_seconds: 10 }, 'unchanged')).body).toEqual(nothing);
    expect((await preview({ rotation_grace_seconds: null }, 'unchanged')).body).toEqual(nothing);
  });

  it('names what would become wrong: a public client that would not rotate (S0.1)', async () => {
    await register('spa', {}, 'public');
    const [change] = clientsOf(await preview({ rotation: false }, 'spa'));
    expect(change?.problems).toEqual([
      expect.stringMatching(/^token_policy\/rotation must be on for a public client .* \(RFC 9700 /),
    ]);
    await register('server');
    expect(clientsOf(await preview({ rotation: false }, 'server'))[0]?.problems).toEqual([]);
  });

  it.each([
    [{ rotation: 'off' }, '#/token_policy/rotation'],
    [{ rotation_grace_seconds: -1 }, '#/token_policy/rotation_grace_seconds'],
    [{ access_token_lifetime: DAY + 1 }, '#/token_policy/access_token_lifetime'],
    [{ lifetime: 1 }, '#/token_policy/lifetime'],
  ])('answers 422 to %j, and points at it', async (policy, pointer) => {
    for (const clientId of ['counted', undefined]) {
      const { status, body } = await preview(policy, clientId);
      expect(status).toBe(422);
      expect(body.errors).toEqual([{ pointer, detail: expect.any(String) }]);
    }
  });

  it('answers 404 for a client that there is not, and 422 without a policy', async () => {
    expect((await preview({}, 'nobody')).status).toBe(404);
    expect((await service.admin.post('/policy-previews', {})).status).toBe(422);
    expect((await service.admin.post('/policy-previews', { token_policy: [] })).status).toBe(422);
  });
});

describe('POST /admin/v1/policy-previews for the server', () => {
  it('leaves out the clients that have set it for themselves, and puts problems first', async () => {
    await register('aa-own', { rotation: true });
    await register('aa-inherits');
    await register('zz-spa', {}, 'public');
    const answer = await preview({ rotation: false });
    const ids = clientsOf(answer).map(({ client_id }) => client_id);
    expect(ids).toContain('aa-inherits');
    expect(ids).not.toContain('aa-own');
    expect(answer.body.clients_changed).toBe(ids.length);
    const withProblems = clientsOf(answer).filter(({ problems }) => problems.length > 0);
    expect(withProblems.map(({ client_id }) => client_id)).toContain('zz-spa');
    expect(clientsOf(answer).slice(0, withProblems.length)).toEqual(withProblems);
  });

  it('counts every client that it changes, and names 50', async () => {
    const { body: before } = await preview({ rotation_grace_seconds: 20 });
    await service.database.pool.query(
      `INSERT INTO client (id, name, type, auth_methods)
       SELECT 'many-' || number, 'many', 'confidential', '{client_secret_basic}' FROM generate_series(1, 600) number`,
    );
    const { body } = await preview({ rotation_grace_seconds: 20 });
    expect(Number(body.clients_changed) - Number(before.clients_changed)).toBe(600);
    expect(body.clients).toHaveLength(50);
  });
});
