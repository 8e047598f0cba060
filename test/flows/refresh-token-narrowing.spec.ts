import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { ClientService } from '../../src/clients/client.service.js';
import { familyRow } from '../support/families.js';
import { type Answer, type Parameters } from '../support/http.js';
import { type Caller, firstRefreshToken, refresh } from '../support/oauth.js';
import { CLIENT_SECRET, registerClient, startApp, type TestApp } from '../support/test-app.js';

const [A, B, C, FOREIGN] = ['a', 'b', 'c', 'x'].map((name) => `https://${name}.example`) as [
  string,
  string,
  string,
  string,
];
const SCOPE = 'read write admin';

let service: TestApp;
let registered = 0;
let client: Caller;
beforeAll(async () => {
  service = await startApp();
});
afterAll(() => service.stop());

async function newClient(rotation = true): Promise<void> {
  registered += 1;
  const id = `client-${registered}`;
  await registerClient(service, { id, audiences: [A, B, C], tokenPolicy: { rotation } });
  client = { id, secret: CLIENT_SECRET };
}
const grant = (parameters: Parameters): Promise<string> => firstRefreshToken(service.url, client, parameters);
const refreshed = (token: string, parameters: Parameters = {}): Promise<Answer> =>
  refresh(service.url, token, client, parameters);
const claims = ({ body }: Answer) => decodeJwt(body.access_token!);
const errorOf = ({ status, body }: Answer) => [status, body.error];

describe('a narrower scope', () => {
  beforeAll(() => newClient());

  it('is the access token’s and the answer’s; the successor keeps the whole grant (A5)', async () => {
    const narrow = await refreshed(await grant({ scope: SCOPE }), { scope: 'write' });
    expect([narrow.body.scope, claims(narrow).scope]).toEqual(['write', 'write']);
    expect(await familyRow(service.database.pool, narrow.body.refresh_token!)).toMatchObject({
      scopes: SCOPE.split(' '),
    });
    const full = await refreshed(narrow.body.refresh_token!);
    expect([full.body.scope, claims(full).scope]).toEqual([SCOPE, SCOPE]);
  });

  it('can be another one each time, and empty for all (A1, A5)', async () => {
    let token = await grant({ scope: SCOPE });
    for (const [scope, expected] of [
      ['read', 'read'],
      ['admin write', 'admin write'],
      ['read read', 'read'],
      ['', SCOPE],
    ]) {
      const answer = await refreshed(token, { scope });
      expect(answer.body.scope).toBe(expected);
      token = answer.body.refresh_token!;
    }
  });

  it('is refused where it is wider than the grant, and spends nothing (L4)', async () => {
    const token = await grant({ scope: 'read' });
    expect(errorOf(await refreshed(token, { scope: 'read write' }))).toEqual([400, 'invalid_scope']);
    expect(errorOf(await refreshed(token, { scope: 'read  write' }))).toEqual([400, 'invalid_scope']);
    expect(await familyRow(service.database.pool, token)).toMatchObject({ generation: 0, revoked_at: null });
    expect((await refreshed(token)).body.scope).toBe('read');
  });

  it('may differ in a retry inside grace, which gets the same successor (L3)', async () => {
    const token = await grant({ scope: SCOPE });
    const one = await refreshed(token, { scope: 'read' });
    const retry = await refreshed(token, { scope: 'admin' });
    expect(retry.body).toMatchObject({ scope: 'admin', refresh_token: one.body.refresh_token });
    expect(errorOf(await refreshed(token, { scope: 'root' }))).toEqual([400, 'invalid_scope']);
  });
});

describe('a narrower scope with rotation off', () => {
  beforeAll(() => newClient(false));

  it('leaves the token’s full grant, and is refused where it is wider (A5)', async () => {
    const token = await grant({ scope: 'read write' });
    expect((await refreshed(token, { scope: 'read' })).body.scope).toBe('read');
    expect(errorOf(await refreshed(token, { scope: 'admin' }))).toEqual([400, 'invalid_scope']);
    expect((await refreshed(token)).body).toMatchObject({ scope: 'read write', refresh_token: token });
  });
});

describe('a narrower resource', () => {
  beforeAll(() => newClient());

  it('is the audience of the access token; the successor keeps the whole grant (A10)', async () => {
    let token = await grant({ resource: [A, B] });
    for (const [resource, audience] of [
      [[A], A],
      [
        [B, A],
        [B, A],
      ],
      [[B, B], B],
      [[], [A, B]],
    ] as const) {
      const answer = await refreshed(token, { resource });
      expect(claims(answer).aud).toEqual(audience);
      token = answer.body.refresh_token!;
    }
  });

  it('is all that the client is registered for where the first grant names none', async () => {
    expect(claims(await refreshed(await grant({}))).aud).toEqual([A, B, C]);
  });

  it.each<[string, string[]]>([
    ['registered but not granted', [C]],
    ['granted beside one that is not', [A, FOREIGN]],
    ['relative', ['/api']],
    ['with a fragment', [`${A}#x`]],
    ['of another case', [A.toUpperCase()]],
  ])('is refused as invalid_target when %s, and spends nothing (A10, L4)', async (_case, resource) => {
    const token = await grant({ resource: [A, B] });
    expect(errorOf(await refreshed(token, { resource }))).toEqual([400, 'invalid_target']);
    expect(await familyRow(service.database.pool, token)).toMatchObject({ generation: 0, revoked_at: null });
    expect((await refreshed(token)).status).toBe(200);
  });
});

describe('what the client has lost by its registration', () => {
  let token: string;
  beforeAll(async () => {
    await newClient();
    token = await grant({ scope: SCOPE, resource: [A, B] });
    await service.app.get(ClientService).change(client.id, {
      scopes: ['read', 'admin'],
      defaultScopes: [],
      audiences: [B, C],
    });
  });
  const next = async (parameters: Parameters = {}): Promise<Answer> => {
    const answer = await refreshed(token, parameters);
    token = answer.body.refresh_token ?? token;
    return answer;
  };

  it('vanishes from the scope, at once', async () => {
    const answer = await next();
    expect([answer.body.scope, claims(answer).scope]).toEqual(['read admin', 'read admin']);
  });

  it.each(['write', 'write read'])('is invalid_scope when it is asked for, as in %j', async (scope) => {
    expect(errorOf(await next({ scope }))).toEqual([400, 'invalid_scope']);
  });

  it('vanishes from the audience too, and cannot be asked for', async () => {
    expect(claims(await next()).aud).toBe(B);
    expect(errorOf(await next({ resource: A }))).toEqual([400, 'invalid_target']);
  });

  it('comes back when the registration does: the grant was never changed (A5)', async () => {
    await service.app.get(ClientService).change(client.id, { scopes: SCOPE.split(' '), audiences: [A, B] });
    const answer = await next();
    expect([answer.body.scope, claims(answer).aud]).toEqual([SCOPE, [A, B]]);
  });
});
