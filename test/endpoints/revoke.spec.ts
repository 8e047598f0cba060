import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { age, countEvents, familyRow } from '../support/families.js';
import { type Answer, basic, type Parameters, postForm, send } from '../support/http.js';
import { type Caller, firstRefreshToken, refresh, signIn } from '../support/oauth.js';
import { CLIENT_SECRET, registerClient, startApp, type TestApp } from '../support/test-app.js';

const OWNER: Caller = { id: 'owner', secret: CLIENT_SECRET };
const OPAQUE: Caller = { id: 'opaque', secret: CLIENT_SECRET };
const OTHER: Caller = { id: 'other', secret: CLIENT_SECRET };
const HINTS = [undefined, 'refresh_token', 'access_token', 'something_else'];

describe('POST /oauth2/revoke', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp();
    await registerClient(service, { id: OWNER.id });
    await registerClient(service, { id: OPAQUE.id, tokenPolicy: { access_token_format: 'opaque' } });
    await registerClient(service, { id: OTHER.id });
  });
  afterAll(() => service.stop());

  const revoke = (token: string, { id, secret }: Caller, parameters: Parameters = {}): Promise<Answer> =>
    postForm(`${service.url}/oauth2/revoke`, { token, ...parameters }, { authorization: basic(id, secret!) });
  const countRevoked = async (): Promise<number> =>
    (await service.database.pool.query('SELECT 1 FROM revoked_access_token')).rowCount!;

  it.each(HINTS)('ends the family of a refresh token, once, with the hint %s (B1, B3, L5)', async (hint) => {
    const token = await firstRefreshToken(service.url, OWNER);
    for (let time = 0; time < 2; time += 1) {
      const answer = await revoke(token, OWNER, { token_type_hint: hint });
      expect([answer.status, answer.text]).toEqual([200, '']);
      expect(answer.headers['cache-control']).toBe('no-store');
    }
    expect((await refresh(service.url, token, OWNER)).body.error).toBe('invalid_grant');
    expect(await familyRow(service.database.pool, token)).toMatchObject({
      revocation_reason: 'client_request',
    });
    expect(await countEvents(service.database.pool, token)).toBe(1);
  });

  it('ends the family by a token that was spent long ago', async () => {
    const first = await firstRefreshToken(service.url, OWNER);
    const current = (await refresh(service.url, first, OWNER)).body.refresh_token!;
    await age(service.database.pool, first, 3_600);
    expect((await revoke(first, OWNER)).status).toBe(200);
    expect((await refresh(service.url, current, OWNER)).body.error).toBe('invalid_grant');
  });

  describe.each([OWNER, OPAQUE])('an access token of $id', (client) => {
    it.each(HINTS)('is recorded once with the hint %s, and its family goes on (B5)', async (hint) => {
      const { access_token, refresh_token } = (await signIn(service.url, client)).body;
      const before = await countRevoked();
      for (let time = 0; time < 2; time += 1) {
        expect((await revoke(access_token!, client, { token_type_hint: hint })).status).toBe(200);
      }
      expect(await countRevoked()).toBe(before + 1);
      expect((await refresh(service.url, refresh_token!, client)).status).toBe(200);
    });
  });

  it.each(['access_token', 'refresh_token'] as const)(
    'does nothing to the %s of another client: invalid_grant (B4, L4)',
    async (kind) => {
      const tokens = (await signIn(service.url, OWNER)).body;
      const before = await countRevoked();
      const answer = await revoke(tokens[kind]!, OTHER);
      expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant']);
      expect(await countRevoked()).toBe(before);
      expect((await refresh(service.url, tokens.refresh_token!, OWNER)).status).toBe(200);
    },
  );

  it.each([
    'nonsense',
    'rgr_x',
    'rga_x',
    'eyJ.e30.x',
    `rgr_${'A'.repeat(92)}`,
    "'; DROP TABLE token_family; --",
  ])('answers 200 to %s, which is no token (B3)', async (token) => {
    const answer = await revoke(token, OWNER);
    expect([answer.status, answer.text]).toEqual([200, '']);
  });

  it('needs a token, once, and an authenticated client', async () => {
    const url = `${service.url}/oauth2/revoke`;
    const authorization = basic(OWNER.id, OWNER.secret!);
    expect((await postForm(url, {}, { authorization })).body.error).toBe('invalid_request');
    expect((await postForm(url, { token: ['a', 'b'] }, { authorization })).body.error).toBe(
      'invalid_request',
    );
    expect((await postForm(url, { token: 'a' })).status).toBe(401);
    expect((await postForm(url, { token: 'a' }, { authorization: basic(OWNER.id, 'wrong') })).status).toBe(
      401,
    );
  });

  it('refuses GET and JSONP (B7)', async () => {
    const answer = await send(`${service.url}/oauth2/revoke?token=a&callback=f`, { method: 'GET' });
    expect([answer.status, answer.headers.allow]).toEqual([405, 'POST']);
  });

  it('names nothing in headers unless it is told to (B8)', async () => {
    const token = await firstRefreshToken(service.url, OWNER);
    const { headers } = await revoke(token, OWNER);
    expect(Object.keys(headers).filter((name) => /^revoked|^authorized/.test(name))).toEqual([]);
  });
});

describe('POST /oauth2/revoke as configured for WSO2 clients', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp({ REVOCATION_RESPONSE_HEADERS: 'true', CASCADE_FROM_ACCESS_TOKEN: 'true' });
    await registerClient(service, { id: OWNER.id });
  });
  afterAll(() => service.stop());

  it('names what it revoked, never a token, and takes the family of an access token along (B5, B8)', async () => {
    const { access_token, refresh_token } = (await signIn(service.url, OWNER)).body;
    const { jti, sub, sid } = JSON.parse(
      Buffer.from(access_token!.split('.')[1]!, 'base64url').toString(),
    ) as Record<string, string>;
    const authorization = basic(OWNER.id, OWNER.secret!);
    const answer = await postForm(`${service.url}/oauth2/revoke`, { token: access_token }, { authorization });
    expect(answer.headers).toMatchObject({
      revokedaccesstoken: jti,
      revokedrefreshtoken: sid,
      authorizeduser: sub,
    });
    expect((await refresh(service.url, refresh_token!, OWNER)).body.error).toBe('invalid_grant');
    expect(await countEvents(service.database.pool, refresh_token!)).toBe(1);
  });
});
