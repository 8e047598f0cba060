import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UserLifecycleService } from '../../src/revocation/user-lifecycle.service.js';
import { age, familyIdOf } from '../support/families.js';
import { type Answer } from '../support/http.js';
import { adminToken, type ManagementClient, managementClient, startManaged } from '../support/management.js';
import { firstRefreshToken, refresh } from '../support/oauth.js';
import { haveRefused } from '../support/refused-refreshes.js';
import { CLIENT_SECRET, createUser, registerClient, type TestApp } from '../support/test-app.js';

let service: TestApp & { readonly admin: ManagementClient };
let admin: ManagementClient;
beforeAll(async () => {
  service = await startManaged();
  ({ admin } = service);
});
afterAll(() => service.stop());

interface Listed {
  readonly family_id: string;
  readonly status: string;
}

const itemsOf = ({ body }: Answer): Listed[] => body.items as Listed[];
const begin = (clientId: string, username: string): Promise<string> =>
  firstRefreshToken(
    service.url,
    { id: clientId, secret: CLIENT_SECRET },
    { username, password: username, scope: '' },
  );
const newSession = async (name: string) => {
  const userId = await createUser(service, name, name);
  await registerClient(service, { id: name });
  return { userId, token: await begin(name, name) };
};

describe('GET /admin/v1/token-families', () => {
  it('follows cursor and Link through all families of a user, newest first', async () => {
    const { userId, token } = await newSession('pages');
    const tokens = [token];
    for (let index = 0; index < 4; index += 1) tokens.push(await begin('pages', 'pages'));
    const found: string[] = [];
    let path: string | undefined = `/token-families?user_id=${userId}&limit=2`;
    let pages = 0;
    while (path) {
      const answer = await admin.get(path);
      expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'no-store']);
      found.push(...itemsOf(answer).map(({ family_id }) => family_id));
      const [, next] = /^<([^>]+)>; rel="next"$/.exec(String(answer.headers.link ?? '')) ?? [];
      expect(next === undefined).toBe(answer.body.next_cursor === undefined);
      path = next?.replace(`${service.url}/admin/v1`, '');
      pages += 1;
    }
    expect(pages).toBe(3);
    expect(found).toEqual(tokens.map(familyIdOf).reverse());
  });

  it('shows whose a family is and how it fares, and nothing of its token', async () => {
    const { userId, token } = await newSession('shown');
    const { body } = await refresh(service.url, token, { id: 'shown', secret: CLIENT_SECRET });
    const answer = await admin.get('/token-families?client_id=shown');
    expect(itemsOf(answer)).toEqual([
      {
        family_id: familyIdOf(token),
        user_id: userId,
        username: 'shown',
        client_id: 'shown',
        client_name: 'shown',
        scope: 'read write',
        audiences: [],
        status: 'live',
        issued_at: expect.stringMatching(/Z$/),
        rotations: 1,
        rotated_at: expect.stringMatching(/Z$/),
        last_used_at: expect.stringMatching(/Z$/),
        expires_at: expect.stringMatching(/Z$/),
        authenticated_at: expect.stringMatching(/Z$/),
        amr: ['pwd'],
        offline: false,
        signed_in_address: '127.0.0.1',
        last_used_address: '127.0.0.1',
      },
    ]);
    for (const secret of [token, body.refresh_token!]) expect(answer.text).not.toContain(secret.slice(40));
  });

  it('filters by status and age', async () => {
    const { token } = await newSession('filtered');
    await age(service.database.pool, token, 86_401);
    const live = await begin('filtered', 'filtered');
    const list = async (query: string) =>
      itemsOf(await admin.get(`/token-families?client_id=filtered&${query}`)).map(
        ({ family_id }) => family_id,
      );
    expect(await list('status=live')).toEqual([familyIdOf(live)]);
    expect(await list('status=expired')).toEqual([familyIdOf(token)]);
    expect(await list('status=revoked')).toEqual([]);
    expect(await list('issued_after=2020-01-01T00:00:00Z')).toHaveLength(2);
    expect(await list('issued_before=2020-01-01T00:00:00Z')).toEqual([]);
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['status=dead', 'status'],
    ['user_id=john', 'user_id'],
    ['issued_after=yesterday', 'issued_after'],
    ['cursor=nonsense', 'cursor'],
    [`cursor=${Buffer.from('not-an-id').toString('base64url')}`, 'cursor'],
    ['owner=john', 'owner'],
  ])('answers 422 to ?%s and names the parameter', async (query, pointer) => {
    const { status, body } = await admin.get(`/token-families?${query}`);
    expect(status).toBe(422);
    expect(body.errors).toEqual([{ pointer, detail: expect.any(String) }]);
  });
});

describe('GET /admin/v1/token-families/{family_id}', () => {
  const story = async (token: string) => (await admin.get(`/token-families/${familyIdOf(token)}`)).body;

  it('tells of a replay: when, in which request, by which client', async () => {
    const { token, client, answer } = await haveRefused(service, 'replayed');
    const told = await story(token);
    expect(told).toMatchObject({
      status: 'revoked',
      revocation_reason: 'replay',
      rotations: 1,
      revocations: [{ type: 'token-family-revoked', reason: 'replay', initiating_entity: 'system' }],
    });
    expect(
      Math.abs(Date.parse(told.replayed_at as string) - Date.parse(told.revoked_at as string)),
    ).toBeLessThan(5_000);
    expect(told.audit_entries).toEqual([
      expect.objectContaining({
        action: 'refresh_token.replayed',
        actor: { type: 'client', id: client.id },
        request_id: answer.headers['x-request-id'],
      }),
    ]);
  });

  it('tells who revoked it and why', async () => {
    const { token } = await newSession('revoked-why');
    await admin.post('/revocations', { family_id: familyIdOf(token), reason: 'laptop stolen' });
    const told = await story(token);
    expect(told).toMatchObject({ status: 'revoked', revocation_reason: 'admin_request' });
    expect(told.replayed_at).toBeUndefined();
    expect(told.audit_entries).toEqual([
      expect.objectContaining({
        action: 'tokens.revoked',
        actor: { type: 'client', id: 'admin' },
        reason: 'laptop stolen',
      }),
    ]);
  });

  it.each([
    ['user', 'user-tokens-revoked', { status: 'revoked', ended_by: 'user_tokens_revoked' }],
    ['client', 'client-tokens-revoked', { status: 'ended', ended_by: 'client_tokens_revoked' }],
    ['user at the client', 'user-client-tokens-revoked', { status: 'revoked' }],
  ])('tells of a revocation of its %s', async (which, type, expected) => {
    const name = `story-${which.replaceAll(' ', '-')}`;
    const { userId, token } = await newSession(name);
    const order = {
      user: { user_id: userId },
      client: { client_id: name },
      'user at the client': { user_id: userId, client_id: name },
    }[which]!;
    const earlier = await newSession(`${name}-other`);
    expect((await admin.post('/revocations', order)).body).toMatchObject({ revoked: true });
    const told = await story(token);
    expect(told).toMatchObject({ ...expected, revocations: [{ type, initiating_entity: 'admin' }] });
    expect(told.audit_entries).toMatchObject([{ action: 'tokens.revoked' }]);
    expect(await story(earlier.token)).toMatchObject({ status: 'live', revocations: [], audit_entries: [] });
    const later = await begin(name, name);
    expect(await story(later)).toMatchObject({ status: 'live', revocations: [], audit_entries: [] });
  });

  it('tells of a user who was disabled', async () => {
    const { userId, token } = await newSession('story-disabled');
    await service.app.get(UserLifecycleService).disable(userId, 'admin');
    expect(await story(token)).toMatchObject({
      status: 'revoked',
      ended_by: 'user_disabled',
      revocations: [{ type: 'user-tokens-revoked', reason: 'user_disabled' }],
    });
  });

  it('tells what key it is bound to', async () => {
    const { token } = await haveRefused(service, 'proof_missing');
    expect(await story(token)).toMatchObject({
      dpop_jkt: expect.stringMatching(/^[\w-]{43}$/),
      bound_at_rotation: 0,
    });
  });

  it('keeps the audit log to those who may read it', async () => {
    const { token } = await newSession('unaudited');
    const reader = managementClient(service.url, await adminToken(service.url, 'tokens:read'));
    const { body } = await reader.get(`/token-families/${familyIdOf(token)}`);
    expect(body.status).toBe('live');
    expect(body).not.toHaveProperty('audit_entries');
  });

  it.each(['0198d3a4-77a2-7b61-9a51-0c1f6a5b7e21', 'no-uuid'])('answers 404 to %s', async (id) => {
    expect((await admin.get(`/token-families/${id}`)).status).toBe(404);
  });
});
