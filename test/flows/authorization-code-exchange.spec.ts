import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { calculateJwkThumbprint, decodeJwt } from 'jose';
import { UserService } from '../../src/users/user.service.js';
import { CALLBACK, challengeOf, exchange, freshCode } from '../support/authorization.js';
import { type DpopKey, dpopKey, proof } from '../support/dpop.js';
import { countEvents, familyRow } from '../support/families.js';
import { FollowingBrowser } from '../support/following-browser.js';
import { type Answer, basic, postForm } from '../support/http.js';
import { type Caller, DEMO, refresh } from '../support/oauth.js';
import { CLIENT_SECRET, createUser, registerClient, startApp, type TestApp } from '../support/test-app.js';

const NO_REFRESH: Caller = { id: 'no-refresh', secret: CLIENT_SECRET };
const OTHER: Caller = { id: 'other', secret: CLIENT_SECRET };
const RACERS = 100;

describe('exchange of an authorization code', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp({ AUTHORIZATION_CODE_LIFETIME: '60' });
    const shared = { redirectUris: [CALLBACK], consentRequired: false };
    for (const { id } of [NO_REFRESH, OTHER]) {
      await registerClient(service, { id, grantTypes: ['authorization_code'], ...shared });
    }
  });
  afterAll(() => service.stop());

  const asNoRefresh = { client_id: NO_REFRESH.id, scope: 'read' };
  const isActive = async (answer: Answer, client = DEMO): Promise<unknown> => {
    const authorization = basic(client.id, client.secret!);
    const form = { token: answer.body.access_token };
    return (await postForm(`${service.url}/oauth2/introspect`, form, { authorization })).body.active;
  };

  it.each<[string, Record<string, string | undefined>, string]>([
    ['code is missing', { code: undefined }, 'invalid_request'],
    ['redirect_uri is missing', { redirect_uri: undefined }, 'invalid_request'],
    ['redirect_uri is another', { redirect_uri: `${CALLBACK}/` }, 'invalid_grant'],
    ['the verifier is missing (E4)', { code_verifier: undefined }, 'invalid_request'],
    ['the verifier is another (E4)', { code_verifier: 'x'.repeat(43) }, 'invalid_grant'],
    [
      'the verifier is the challenge (PKCE downgrade)',
      { code_verifier: challengeOf('a-code-verifier-of-43-characters-or-more-1234') },
      'invalid_grant',
    ],
    ['the resource was not granted', { resource: 'https://api.example' }, 'invalid_target'],
  ])('is refused when %s, and the code still works afterwards (L4)', async (_case, overrides, error) => {
    const code = await freshCode(service.url);
    const refused = await exchange(service.url, code, DEMO, overrides);
    expect([refused.status, refused.body.error]).toEqual([400, error]);
    expect((await exchange(service.url, code)).status).toBe(200);
  });

  it('is refused to another client, which spends and ends nothing (L4)', async () => {
    const code = await freshCode(service.url);
    expect((await exchange(service.url, code, OTHER)).body.error).toBe('invalid_grant');
    const answer = await exchange(service.url, code);
    expect(answer.status).toBe(200);
    expect((await exchange(service.url, code, OTHER)).body.error).toBe('invalid_grant');
    expect((await exchange(service.url, code, DEMO, { code_verifier: 'y'.repeat(43) })).status).toBe(400);
    expect(await isActive(answer)).toBe(true);
  });

  it.each(['rgz_unknown', 'rgz_', 'x', 'rgr_AAAA'])('is refused for %s', async (code) => {
    expect((await exchange(service.url, code)).body).toMatchObject({ error: 'invalid_grant' });
  });

  it('ends the family on a replay, with one event and an audit entry (A15, L5)', async () => {
    const code = await freshCode(service.url);
    const answer = await exchange(service.url, code);
    const { refresh_token: token = '' } = answer.body;
    const refreshed = await refresh(service.url, token);
    for (let round = 0; round < 3; round += 1) {
      expect((await exchange(service.url, code)).body.error).toBe('invalid_grant');
    }
    expect((await familyRow(service.database.pool, token))?.revocation_reason).toBe('replay');
    expect(await countEvents(service.database.pool, token)).toBe(1);
    expect((await refresh(service.url, refreshed.body.refresh_token!)).body.error).toBe('invalid_grant');
    expect([await isActive(answer), await isActive(refreshed)]).toEqual([false, false]);
    const { rows } = await service.database.pool.query(
      `SELECT 1 FROM audit_entry WHERE action = 'authorization_code.replayed' AND document->'target'->>'id' = $1`,
      [decodeJwt(answer.body.access_token!).sid],
    );
    expect(rows).toHaveLength(1);
  });

  it('ends the access token of no family on a replay (A15)', async () => {
    const code = await freshCode(service.url, asNoRefresh);
    const answer = await exchange(service.url, code, NO_REFRESH);
    expect(await isActive(answer, NO_REFRESH)).toBe(true);
    expect((await exchange(service.url, code, NO_REFRESH)).body.error).toBe('invalid_grant');
    expect(await isActive(answer, NO_REFRESH)).toBe(false);
  });

  it.each([1, 2, 3])(
    `lets one of ${RACERS} concurrent exchanges through, and ends what it got (A15, L1), round %d`,
    async () => {
      const code = await freshCode(service.url);
      const answers = await Promise.all(Array.from({ length: RACERS }, () => exchange(service.url, code)));
      const won = answers.filter(({ status }) => status === 200);
      expect(won).toHaveLength(1);
      const lost = answers.filter(({ body }) => body.error === 'invalid_grant');
      expect(lost).toHaveLength(RACERS - 1);
      const token = won[0]!.body.refresh_token!;
      expect(await countEvents(service.database.pool, token)).toBe(1);
      expect((await refresh(service.url, token)).body.error).toBe('invalid_grant');
      expect(await isActive(won[0]!)).toBe(false);
    },
  );

  it('is refused once the code has expired', async () => {
    const code = await freshCode(service.url);
    await service.database.pool.query(
      `UPDATE authorization_code SET expires_at = clock_timestamp() WHERE consumed_at IS NULL`,
    );
    expect((await exchange(service.url, code)).body).toMatchObject({
      error: 'invalid_grant',
      error_description: 'the authorization code has expired',
    });
  });

  it('is refused once the person has signed out', async () => {
    const code = await freshCode(service.url);
    await service.database.pool.query('DELETE FROM browser_session');
    expect((await exchange(service.url, code)).body.error).toBe('invalid_grant');
  });

  it('is refused once the user was disabled', async () => {
    const id = await createUser(service, 'fired', 'fired-password');
    const users = service.app.get(UserService);
    const at = new FollowingBrowser(service.url);
    const page = await at.get(`${service.url}/sign-in`);
    await at.submit(page, { username: 'fired', password: 'fired-password' });
    const code = await freshCode(service.url, asNoRefresh, at);
    await users.change(id, { status: 'disabled' });
    expect((await exchange(service.url, code, NO_REFRESH)).body.error).toBe('invalid_grant');
  });

  it('needs the proof key that the authorization request named (RFC 9449 §10)', async () => {
    const [key, other] = [await dpopKey(), await dpopKey()];
    const code = await freshCode(service.url, { dpop_jkt: await calculateJwkThumbprint(key.jwk) });
    const send = async (by?: DpopKey) => {
      const dpop = by ? [await proof(by, `${service.url}/oauth2/token`)] : [];
      return exchange(service.url, code, DEMO, {}, { dpop });
    };
    expect((await send()).body.error).toBe('invalid_dpop_proof');
    expect((await send(other)).body.error).toBe('invalid_grant');
    expect((await send(key)).body.token_type).toBe('DPoP');
  });
});
