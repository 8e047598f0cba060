import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { countEvents, familyIdOf } from '../support/families.js';
import { type Answer, basic, postForm } from '../support/http.js';
import { adminToken, type ManagementClient, managementClient, startManaged } from '../support/management.js';
import { refresh, signIn } from '../support/oauth.js';
import { CLIENT_SECRET, createUser, registerClient, startApp, type TestApp } from '../support/test-app.js';

interface Session {
  readonly userId: string;
  readonly clientId: string;
  readonly refreshToken: string;
  readonly accessToken: string;
}

let service: TestApp & { readonly admin: ManagementClient };
let replica: TestApp;
let admin: ManagementClient;
beforeAll(async () => {
  service = await startManaged();
  const { REGRANT_KEYS, REDIS_KEY_PREFIX, ISSUER } = service.environment;
  replica = await startApp({ REGRANT_KEYS, REDIS_KEY_PREFIX, ISSUER }, service.database);
  ({ admin } = service);
}, 120_000);
afterAll(async () => {
  await replica.app.close();
  await service.stop();
});

const addSession = async (userId: string, username: string, clientId: string): Promise<Session> => {
  const parameters = { username, password: username, scope: '' };
  const { body } = await signIn(service.url, { id: clientId, secret: CLIENT_SECRET }, parameters);
  return { userId, clientId, refreshToken: body.refresh_token!, accessToken: body.access_token! };
};
const newSession = async (name: string): Promise<Session> => {
  await registerClient(service, { id: name });
  return addSession(await createUser(service, name, name), name, name);
};
const replicaUrl = (): string => `http://127.0.0.1:${replica.environment.HTTP_PORT!}`;
const introspect = ({ clientId, accessToken }: Session): Promise<Answer> =>
  postForm(
    `${replicaUrl()}/oauth2/introspect`,
    { token: accessToken },
    { authorization: basic(clientId, CLIENT_SECRET) },
  );
/** Asked of the other replica: its access token, and whether it can be refreshed. */
const isAlive = async (session: Session): Promise<{ access: boolean; refresh: boolean }> => {
  const { body } = await introspect(session);
  const client = { id: session.clientId, secret: CLIENT_SECRET };
  const { status } = await refresh(replicaUrl(), session.refreshToken, client);
  return { access: body.active as boolean, refresh: status === 200 };
};
const DEAD = { access: false, refresh: false };
const ALIVE = { access: true, refresh: true };
const claimsOf = ({ accessToken }: Session) =>
  JSON.parse(Buffer.from(accessToken.split('.')[1]!, 'base64url').toString()) as { jti: string; exp: number };
const auditOf = async (target: string) =>
  (await admin.get(`/audit?target=${target}&action=tokens.revoked`)).body.items as object[];

describe('POST /admin/v1/revocations', () => {
  it('ends a family on every replica before it answers, with one event and an audit entry (L2, L5)', async () => {
    const session = await newSession('family');
    const id = familyIdOf(session.refreshToken);
    const answer = await admin.post('/revocations', { family_id: id.toUpperCase(), reason: 'ticket 4711' });
    expect([answer.status, answer.body]).toEqual([
      200,
      { target: { type: 'token_family', id }, revoked: true },
    ]);
    expect(await isAlive(session)).toEqual(DEAD);
    expect(await countEvents(service.database.pool, session.refreshToken)).toBe(1);
    expect(await auditOf(id)).toMatchObject([
      {
        actor: { type: 'client', id: 'admin' },
        reason: 'ticket 4711',
        request_id: answer.headers['x-request-id'],
      },
    ]);
    const { rows } = await service.database.pool.query(
      'SELECT * FROM revocation_event WHERE session_id = $1',
      [id],
    );
    expect(JSON.stringify(rows)).not.toContain('4711');
  });

  it('changes nothing when it is repeated, and says so', async () => {
    const session = await newSession('repeated');
    const order = { family_id: familyIdOf(session.refreshToken) };
    const answers = [await admin.post('/revocations', order), await admin.post('/revocations', order)];
    expect(answers.map(({ status, body }) => [status, body.revoked])).toEqual([
      [200, true],
      [200, false],
    ]);
    expect(await countEvents(service.database.pool, session.refreshToken)).toBe(1);
    const headers = { 'idempotency-key': 'once' };
    const other = { family_id: familyIdOf((await newSession('keyed')).refreshToken) };
    const keyed = [
      await admin.post('/revocations', other, headers),
      await admin.post('/revocations', other, headers),
    ];
    expect(keyed.map(({ body }) => body.revoked)).toEqual([true, true]);
    expect(await auditOf(other.family_id)).toHaveLength(1);
  });

  it.each<[string, (session: Session) => object]>([
    ['a user', ({ userId }) => ({ user_id: userId })],
    ['a client', ({ clientId }) => ({ client_id: clientId })],
  ])('ends all that %s has, and lets what comes after live', async (which, order) => {
    const name = which.replaceAll(' ', '-');
    const session = await newSession(name);
    const bystander = await newSession(`${name}-bystander`);
    expect((await admin.post('/revocations', order(session))).body).toMatchObject({ revoked: true });
    expect(await isAlive(session)).toEqual(DEAD);
    expect(await isAlive(bystander)).toEqual(ALIVE);
    expect(await isAlive(await addSession(session.userId, name, name))).toEqual(ALIVE);
  });

  it('ends what a user has at one client only', async () => {
    const here = await newSession('here');
    await registerClient(service, { id: 'there' });
    const there = await addSession(here.userId, 'here', 'there');
    const answer = await admin.post('/revocations', { user_id: here.userId, client_id: 'here' });
    expect(answer.body).toEqual({
      target: { type: 'user', id: here.userId },
      client_id: 'here',
      revoked: true,
    });
    expect(await isAlive(here)).toEqual(DEAD);
    expect(await isAlive(there)).toEqual(ALIVE);
  });

  it('ends one access token by its jti, and its family goes on', async () => {
    const session = await newSession('by-jti');
    const { jti, exp } = claimsOf(session);
    const order = {
      jti,
      client_id: 'by-jti',
      user_id: session.userId,
      expires_at: new Date(exp * 1000).toISOString(),
    };
    expect((await admin.post('/revocations', order)).body).toMatchObject({
      target: { type: 'access_token', id: jti },
      client_id: 'by-jti',
      revoked: true,
    });
    expect(await isAlive(session)).toEqual({ access: false, refresh: true });
    expect((await admin.post('/revocations', { jti, client_id: 'by-jti' })).body.revoked).toBe(false);
    const { rows } = await service.database.pool.query('SELECT * FROM revoked_access_token WHERE jti = $1', [
      jti,
    ]);
    expect(rows).toMatchObject([{ reason: 'admin_request', expires_at: new Date(exp * 1000) }]);
  });

  it.each<[order: object, what: string]>([
    [{}, 'nothing'],
    [{ reason: 'why not' }, 'nothing but a reason'],
    [{ all: false }, 'all as false'],
    [{ all: true, client_id: 'demo' }, 'all and a client'],
    [{ family_id: '0198d3a4-77a2-7b61-9a51-0c1f6a5b7e21', all: true }, 'a family and all'],
    [{ family_id: '0198d3a4-77a2-7b61-9a51-0c1f6a5b7e21', client_id: 'demo' }, 'a family and a client'],
    [{ jti: 'a' }, 'a jti without its client'],
    [{ client_id: 'demo', expires_at: '2030-01-01T00:00:00Z' }, 'an expiry without a jti'],
    [{ family_id: 'no-uuid' }, 'a family that is no UUID'],
    [{ user_id: 'john' }, 'a user that is no UUID'],
    [{ token: 'rgr_something' }, 'what is not known here'],
  ])('answers 422 to %j, %s, and revokes nothing', async (order) => {
    const answer = await admin.post('/revocations', order);
    expect(answer.status).toBe(422);
    expect(answer.text).not.toContain('rgr_something');
  });

  it.each([
    [{ family_id: '0198d3a4-77a2-7b61-9a51-0c1f6a5b7e21' }, 'token family'],
    [{ user_id: '0198d3a4-77a2-7b61-9a51-0c1f6a5b7e21' }, 'user'],
    [{ client_id: 'nobody' }, 'client'],
    [{ user_id: '0198d3a4-77a2-7b61-9a51-0c1f6a5b7e21', client_id: 'demo' }, 'user'],
    [{ jti: 'a', client_id: 'nobody' }, 'client'],
  ])('answers 404 to %j', async (order, thing) => {
    const { status, body } = await admin.post('/revocations', order);
    expect([status, body.detail]).toEqual([404, `there is no such ${thing}`]);
  });

  it('needs tokens:revoke: to read tokens is not enough', async () => {
    const reader = managementClient(service.url, await adminToken(service.url, 'tokens:read'));
    const { status, body } = await reader.post('/revocations', { client_id: 'demo' });
    expect([status, body.required_scope]).toEqual([403, 'tokens:revoke']);
  });

  it('ends all that everybody has, the caller’s own token too', async () => {
    const session = await newSession('everybody');
    const { body } = await admin.post('/revocations', { all: true, reason: 'drill' });
    expect(body).toEqual({ target: { type: 'server', id: 'all_tokens' }, revoked: true });
    expect(await isAlive(session)).toEqual(DEAD);
    expect((await admin.get('/token-families')).status).toBe(401);
    admin = managementClient(service.url, await adminToken(service.url));
    expect(await auditOf('all_tokens')).toMatchObject([{ reason: 'drill' }]);
    expect(await isAlive(await addSession(session.userId, 'everybody', 'everybody'))).toEqual(ALIVE);
  });
});
