import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { ClientLifecycleService } from '../../src/revocation/client-lifecycle.service.js';
import { RevocationService } from '../../src/revocation/revocation.service.js';
import { UserLifecycleService } from '../../src/revocation/user-lifecycle.service.js';
import { Database } from '../../src/database/database.js';
import { type Transaction } from '../../src/database/sql-session.js';
import { dpopKey, proof } from '../support/dpop.js';
import { age } from '../support/families.js';
import { type Answer, basic, type Parameters, postForm } from '../support/http.js';
import { type Caller, refresh, signIn, tokenRequest } from '../support/oauth.js';
import { CLIENT_SECRET, createUser, registerClient, startApp, type TestApp } from '../support/test-app.js';

const API = 'https://api.example.com';
const OWNER: Caller = { id: 'owner', secret: CLIENT_SECRET };
const OPAQUE: Caller = { id: 'opaque', secret: CLIENT_SECRET };
const STRANGER: Caller = { id: 'stranger', secret: CLIENT_SECRET };
const RESOURCE_SERVER: Caller = { id: 'resource-server', secret: CLIENT_SECRET };
const OTHER_RESOURCE: Caller = { id: 'other-resource', secret: CLIENT_SECRET };

describe('POST /oauth2/introspect', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp();
    const scopes = ['read', 'introspect'];
    await registerClient(service, { id: OWNER.id, audiences: [API] });
    await registerClient(service, {
      id: OPAQUE.id,
      audiences: [API],
      tokenPolicy: { access_token_format: 'opaque' },
    });
    await registerClient(service, { id: STRANGER.id });
    await registerClient(service, { id: RESOURCE_SERVER.id, audiences: [API], scopes, defaultScopes: [] });
    await registerClient(service, {
      id: OTHER_RESOURCE.id,
      audiences: ['https://other.example.com'],
      scopes,
      defaultScopes: [],
    });
  });
  afterAll(() => service.stop());

  const introspect = (
    token: string,
    { id, secret }: Caller,
    parameters: Parameters = {},
    headers = {},
  ): Promise<Answer> =>
    postForm(
      `${service.url}/oauth2/introspect`,
      { token, ...parameters },
      { authorization: basic(id, secret!), ...headers },
    );
  const withBearer = (token: string, authorization: string, headers = {}): Promise<Answer> =>
    postForm(`${service.url}/oauth2/introspect`, { token }, { authorization, ...headers });

  describe.each([OWNER, OPAQUE])('tokens of the client $id', (client) => {
    it.each([undefined, 'access_token', 'refresh_token', 'nonsense'])(
      'say what they are, with the hint %s (C2)',
      async (hint) => {
        const { access_token, refresh_token } = (await signIn(service.url, client)).body;
        const ofAccess = await introspect(access_token!, client, { token_type_hint: hint });
        expect(ofAccess.headers['cache-control']).toBe('no-store');
        expect(ofAccess.body).toMatchObject({
          active: true,
          scope: 'read write',
          client_id: client.id,
          username: 'john',
          token_type: 'Bearer',
          aud: API,
          iss: service.url,
          exp: expect.any(Number),
          iat: expect.any(Number),
          nbf: expect.any(Number),
          sub: expect.any(String),
          jti: expect.any(String),
          sid: expect.any(String),
        });
        const ofRefresh = await introspect(refresh_token!, client, { token_type_hint: hint });
        expect(ofRefresh.body).toMatchObject({
          active: true,
          client_id: client.id,
          sid: ofAccess.body.sid,
          username: 'john',
        });
      },
    );
  });

  it('tells of others only to whom the token is meant for (C3)', async () => {
    const { access_token, refresh_token } = (await signIn(service.url, OWNER)).body;
    expect((await introspect(access_token!, RESOURCE_SERVER)).body.active).toBe(true);
    for (const [token, caller] of [
      [access_token, STRANGER],
      [access_token, OTHER_RESOURCE],
      [refresh_token, RESOURCE_SERVER],
      [refresh_token, STRANGER],
    ] as const) {
      expect((await introspect(token!, caller)).body).toEqual({ active: false });
    }
  });

  it('says only that a spent, expired or malformed token is not active (C3)', async () => {
    const first = (await signIn(service.url, OWNER)).body.refresh_token!;
    const second = (await refresh(service.url, first, OWNER)).body.refresh_token!;
    for (const token of [first, 'nonsense', 'rgr_x', 'rga_x', `${second}x`]) {
      expect((await introspect(token, OWNER)).body).toEqual({ active: false });
    }
    expect((await introspect(second, OWNER)).body.active).toBe(true);
    await age(service.database.pool, second, 100_000);
    expect((await introspect(second, OWNER)).body).toEqual({ active: false });
  });

  it('takes a bearer token of scope introspect (C1), and refuses one without it', async () => {
    const { access_token } = (await signIn(service.url, OWNER)).body;
    const token = async (scope?: string) =>
      (await tokenRequest(service.url, RESOURCE_SERVER, { grant_type: 'client_credentials', scope })).body
        .access_token!;
    expect((await withBearer(access_token!, `Bearer ${await token('introspect')}`)).body.active).toBe(true);
    const insufficient = await withBearer(access_token!, `Bearer ${await token('read')}`);
    expect([insufficient.status, insufficient.body.error]).toEqual([403, 'insufficient_scope']);
    expect(insufficient.headers['www-authenticate']).toContain('scope="introspect"');
    const invalid = await withBearer(access_token!, 'Bearer nonsense');
    expect([invalid.status, invalid.body.error]).toEqual([401, 'invalid_token']);
  });

  it('takes a DPoP-bound token with its proof only (RFC 9449 §7)', async () => {
    const [key, thief] = [await dpopKey(), await dpopKey()];
    const url = `${service.url}/oauth2/introspect`;
    const parameters = { grant_type: 'client_credentials', scope: 'introspect' };
    const dpop = await proof(key, `${service.url}/oauth2/token`);
    const token = (await tokenRequest(service.url, RESOURCE_SERVER, parameters, { dpop })).body.access_token!;
    const ath = createHash('sha256').update(token).digest('base64url');
    const ask = async (authorization: string, headers = {}) =>
      (await withBearer(token, authorization, headers)).status;
    expect(await ask(`DPoP ${token}`, { dpop: await proof(key, url, { ath }) })).toBe(200);
    expect(await ask(`Bearer ${token}`)).toBe(401);
    expect(await ask(`DPoP ${token}`)).toBe(401);
    expect(await ask(`DPoP ${token}`, { dpop: await proof(thief, url, { ath }) })).toBe(401);
    expect(await ask(`DPoP ${token}`, { dpop: await proof(key, url, { ath: 'another' }) })).toBe(400);
  });

  it('answers with a signed JWT when asked to (C5)', async () => {
    const { access_token } = (await signIn(service.url, OWNER)).body;
    const accept = 'application/token-introspection+jwt';
    const answer = await introspect(access_token!, RESOURCE_SERVER, {}, { accept });
    expect(answer.headers['content-type']).toContain(accept);
    const keys = createRemoteJWKSet(new URL(`${service.url}/oauth2/jwks`));
    const options = { issuer: service.url, audience: RESOURCE_SERVER.id, typ: 'token-introspection+jwt' };
    const { payload } = await jwtVerify(answer.text, keys, options);
    expect(payload.token_introspection).toMatchObject({ active: true, client_id: OWNER.id });
  });

  it('needs a caller that proves itself, and a token (C4)', async () => {
    await registerClient(service, { id: 'public-caller', type: 'public' });
    const url = `${service.url}/oauth2/introspect`;
    expect((await postForm(url, { token: 'x' })).status).toBe(401);
    expect((await postForm(url, { token: 'x', client_id: 'public-caller' })).status).toBe(401);
    expect((await introspect('x', { id: OWNER.id, secret: 'wrong' })).status).toBe(401);
    const both = [basic(OWNER.id, OWNER.secret!), basic(STRANGER.id, STRANGER.secret!)];
    expect((await postForm(url, { token: 'x' }, { authorization: both })).body.error).toBe('invalid_request');
    const answer = await postForm(url, {}, { authorization: basic(OWNER.id, OWNER.secret!) });
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request']);
  });

  type End = (clientId: string, userId: string) => Promise<unknown>;
  const cause = { reason: 'admin_request', initiator: 'admin' } as const;
  const inTransaction = (
    work: (transaction: Transaction, revocation: RevocationService) => Promise<unknown>,
  ) =>
    service.app
      .get(Database)
      .transaction((transaction) => work(transaction, service.app.get(RevocationService)));
  const ends: Record<string, End> = {
    'the user is disabled': (_, userId) => service.app.get(UserLifecycleService).disable(userId, 'admin'),
    'the user is deleted': (_, userId) => service.app.get(UserLifecycleService).delete(userId, 'admin'),
    'the password changes': (_, userId) =>
      service.app.get(UserLifecycleService).setPassword(userId, 'new', 'user'),
    'the user is revoked': (_, userId) =>
      inTransaction((tx, revocation) => revocation.revokeUser(tx, userId, cause)),
    'the user is revoked at the client': (clientId, userId) =>
      inTransaction((tx, revocation) => revocation.revokeUserAtClient(tx, userId, clientId, cause)),
    'the client is revoked': (clientId) =>
      inTransaction((tx, revocation) => revocation.revokeClient(tx, clientId, cause)),
    'everybody is revoked': () => inTransaction((tx, revocation) => revocation.revokeEverybody(tx, cause)),
    'the client is disabled and enabled again': async (clientId) => {
      await service.app.get(ClientLifecycleService).disable(clientId, 'admin');
      await service.app.get(ClientLifecycleService).enable(clientId);
    },
    'the client is deleted and its id registered again': async (clientId) => {
      await service.app.get(ClientLifecycleService).delete(clientId, 'admin');
      await registerClient(service, { id: clientId });
    },
  };

  it.each(Object.entries(ends))(
    'finds every token dead once %s, with one event (L2, L5)',
    async (name, end) => {
      const client: Caller = { id: name.replaceAll(' ', '-'), secret: CLIENT_SECRET };
      await registerClient(service, { id: client.id });
      const userId = await createUser(service, name, 'secret');
      const tokens = (await signIn(service.url, client, { username: name, password: 'secret' })).body;
      const countEvents = async () =>
        (await service.database.pool.query('SELECT 1 FROM revocation_event')).rowCount!;
      const before = await countEvents();
      await end(client.id, userId);
      expect(await countEvents()).toBe(before + 1);
      expect((await refresh(service.url, tokens.refresh_token!, client)).body.error).toBe('invalid_grant');
      for (const token of [tokens.access_token!, tokens.refresh_token!]) {
        expect((await introspect(token, client)).body).toEqual({ active: false });
      }
    },
  );
});
