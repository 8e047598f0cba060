import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEMO_USER } from '../../src/first-run/demo-accounts.js';
import { UserService } from '../../src/users/user.service.js';
import { age, familyIdOf, familyRow } from '../support/families.js';
import { postForm } from '../support/http.js';
import { CLIENT_SECRET, createUser, registerClient, startApp, type TestApp } from '../support/test-app.js';
import {
  type Ask,
  ask,
  byBasic,
  byName,
  expectError,
  expectUntouched,
  soundGrant,
} from '../support/token-errors.js';

const RESOURCE = 'https://api.example/';

const SCOPES_MALFORMED = [
  ' ',
  'profile  email',
  ' profile',
  'profile ',
  'profile\temail',
  'profile\nemail',
  'pro"file',
  'pro\\file',
  'prófile',
  '\u{1F511}',
];
const SCOPES_TOO_WIDE = [
  'profile email openid',
  'openid',
  'PROFILE',
  'profile,email',
  'profile+email',
  '*',
  "'--",
];
const RESOURCES = [
  ['not granted', 'https://other.example/'],
  ['granted but for the slash', 'https://api.example'],
  ['below one granted', `${RESOURCE}below`],
  ['not absolute', '/api'],
  ['no URI', 'not a uri'],
  ['with a fragment', `${RESOURCE}#part`],
  ['with an empty fragment', `${RESOURCE}#`],
  ['with a quote', `${RESOURCE}"`],
  ['granted beside one that is not', [RESOURCE, 'https://other.example/']],
] as const;

describe('refresh requests that are refused', () => {
  let service: TestApp;
  let token: string;
  let sound: Partial<Ask>;
  const client = byBasic('api', CLIENT_SECRET);
  beforeAll(async () => {
    service = await startApp();
    await registerClient(service, {
      id: 'api',
      scopes: ['profile', 'email', 'openid'],
      defaultScopes: ['profile', 'email'],
      audiences: [RESOURCE],
    });
  });
  afterAll(() => service.stop());

  const begin = async (further = {}) => {
    sound = await soundGrant(service, 'refresh_token', client, further);
    token = sound.parameters!.refresh_token as string;
  };

  it('answers invalid_grant to an expired one', async () => {
    await begin();
    await age(service.database.pool, token, 86_401);
    expectError(await ask(service, sound, client), 400, 'invalid_grant');
    await age(service.database.pool, token, -86_401);
    await expectUntouched(service, sound, client);
  });

  it('answers invalid_grant to a revoked one, and leaves the reason as it was', async () => {
    await begin();
    await postForm(`${service.url}/oauth2/revoke`, { token }, client.headers);
    const row = await familyRow(service.database.pool, token);
    expect(row?.revoked_at).toBeInstanceOf(Date);
    expectError(await ask(service, sound, client), 400, 'invalid_grant');
    expect(await familyRow(service.database.pool, token)).toEqual(row);
  });

  it('answers invalid_grant to an unknown one, whose row is gone', async () => {
    await begin();
    await service.database.pool.query('DELETE FROM token_family WHERE id = $1', [familyIdOf(token)]);
    expectError(await ask(service, sound, client), 400, 'invalid_grant');
  });

  it('answers invalid_grant to a replayed one, and to its successor from then on (S0.2)', async () => {
    await begin();
    const successor = (await ask(service, sound, client)).body.refresh_token;
    await age(service.database.pool, token, 11);
    expectError(await ask(service, sound, client), 400, 'invalid_grant');
    expectError(
      await ask(service, sound, client, { parameters: { refresh_token: successor } }),
      400,
      'invalid_grant',
    );
  });

  it("answers invalid_grant to another client's replayed one, and revokes nothing (A3)", async () => {
    await begin();
    const successor = (await ask(service, sound, client)).body.refresh_token;
    await age(service.database.pool, token, 11);
    expectError(await ask(service, sound, byBasic()), 400, 'invalid_grant');
    expect((await ask(service, sound, client, { parameters: { refresh_token: successor } })).status).toBe(
      200,
    );
  });

  it.each([
    ['a confidential', byBasic()],
    ['a public', byName('demo-spa')],
  ])("answers invalid_grant to %s client with another's token (A3)", async (_kind, stranger) => {
    await begin();
    expectError(await ask(service, sound, stranger), 400, 'invalid_grant');
    await expectUntouched(service, sound, client);
  });

  it('answers invalid_grant to an access token, a JWT or opaque', async () => {
    await registerClient(service, { id: 'opaque', tokenPolicy: { access_token_format: 'opaque' } });
    for (const owner of [client, byBasic('opaque', CLIENT_SECRET)]) {
      const { body } = await ask(service, await soundGrant(service, 'password'), owner);
      const presented = { parameters: { grant_type: 'refresh_token', refresh_token: body.access_token } };
      expectError(await ask(service, presented, owner), 400, 'invalid_grant');
    }
  });

  it('answers invalid_grant while the user is disabled, and takes the token again once they are not', async () => {
    const id = await createUser(service, 'leaver', 'secret');
    const user = { username: 'leaver', password: 'secret' };
    await begin(user);
    await service.app.get(UserService).change(id, { status: 'disabled' });
    expectError(await ask(service, sound, client), 400, 'invalid_grant');
    const signIn = { parameters: { grant_type: 'password', ...user } };
    expectError(await ask(service, signIn, client), 400, 'invalid_grant');
    await service.app.get(UserService).change(id, { status: 'active' });
    await expectUntouched(service, sound, client);
  });

  it('answers invalid_grant where the user is gone', async () => {
    const id = await createUser(service, 'gone', 'secret');
    await begin({ username: 'gone', password: 'secret' });
    await service.database.pool.query('DELETE FROM user_account WHERE id = $1', [id]);
    expectError(await ask(service, sound, client), 400, 'invalid_grant');
    expect(await familyRow(service.database.pool, token)).toMatchObject({ generation: 0, revoked_at: null });
  });

  it.each(SCOPES_MALFORMED)('answers invalid_scope to the malformed scope %j', async (scope) => {
    await begin();
    expectError(await ask(service, sound, client, { parameters: { scope } }), 400, 'invalid_scope');
    await expectUntouched(service, sound, client);
  });

  it.each(SCOPES_TOO_WIDE)('answers invalid_scope to %j, wider than granted', async (scope) => {
    await begin();
    expectError(await ask(service, sound, client, { parameters: { scope } }), 400, 'invalid_scope');
    await expectUntouched(service, sound, client);
  });

  it.each(RESOURCES)('answers invalid_target to a resource that is %s (A10)', async (_how, resource) => {
    await begin();
    expectError(await ask(service, sound, client, { parameters: { resource } }), 400, 'invalid_target');
    await expectUntouched(service, sound, client);
  });

  it.each(['password', 'client_credentials'] as const)(
    'answers the same errors to a %s request',
    async (grant) => {
      const request = await soundGrant(service, grant);
      for (const scope of [...SCOPES_MALFORMED, 'admin', 'profile admin', 'PROFILE']) {
        expectError(await ask(service, request, client, { parameters: { scope } }), 400, 'invalid_scope');
      }
      for (const [, resource] of RESOURCES) {
        expectError(await ask(service, request, client, { parameters: { resource } }), 400, 'invalid_target');
      }
      await expectUntouched(service, request, client);
    },
  );

  it.each([
    ['password', { password: 'wrong' }],
    ['user name', { username: 'nobody' }],
    ['password, being that of another user', { username: 'other' }],
  ])('answers invalid_grant, always the same, to a wrong %s', async (_what, wrong) => {
    await createUser(service, 'other', 'another password');
    const request = { parameters: { grant_type: 'password', ...DEMO_USER } };
    const answer = await ask(service, request, client, { parameters: wrong });
    expectError(answer, 400, 'invalid_grant');
    expect(answer.body.error_description).toBe('username or password is wrong');
    await expectUntouched(service, request, client);
  });
});
