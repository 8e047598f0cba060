import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { type SigningAlgorithm } from '../../src/clients/token-policy.js';
import { UserService } from '../../src/users/user.service.js';
import { UserLifecycleService } from '../../src/revocation/user-lifecycle.service.js';
import { type Answer, type Parameters } from '../support/http.js';
import { type Caller, refresh, tokenRequest } from '../support/oauth.js';
import { CLIENT_SECRET, registerClient, startApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const PASSWORD = 'correct horse battery';
const CLAIMS = {
  name: 'Ann Nym',
  given_name: 'Ann',
  email_verified: true,
  phone_number: '+15550100',
  address: { locality: 'Lisbon' },
  department: 'R&D',
};
const SCOPES = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access', 'read'];
const SIGNERS: readonly SigningAlgorithm[] = ['ES256', 'RS256', 'PS256', 'EdDSA'];

describe('ID tokens', () => {
  let service: TestApp;
  let ann: string;
  beforeAll(async () => {
    service = await startApp({ SIGNING_ALGORITHMS: SIGNERS.join(',') });
    const users = service.app.get(UserService);
    ann = (await users.create({
      username: 'ann',
      password: PASSWORD,
      email: 'ann@example.com',
      claims: CLAIMS,
    }))!;
    await client('app', {});
    for (const algorithm of SIGNERS) await client(`by-${algorithm}`, { idTokenSignedResponseAlg: algorithm });
    await client('no-refresh', { grantTypes: ['password'] });
  });
  afterAll(() => service.stop());

  const client = (id: string, overrides: object) =>
    registerClient(service, { id, scopes: SCOPES, defaultScopes: ['read'], ...overrides });
  const as = (id: string): Caller => ({ id, secret: CLIENT_SECRET });
  const signIn = (id: string, scope: string, more: Parameters = {}): Promise<Answer> =>
    tokenRequest(service.url, as(id), {
      grant_type: 'password',
      username: 'ann',
      password: PASSWORD,
      scope,
      ...more,
    });
  const idTokenOf = ({ body }: Answer): string => body.id_token as string;
  const verified = async (answer: Answer, audience: string) => {
    const jwks = createRemoteJWKSet(new URL(`${service.url}/oauth2/jwks`));
    return (await jwtVerify(idTokenOf(answer), jwks, { issuer: service.url, audience, typ: 'JWT' })).payload;
  };

  it('say who signed in, when and how, at which session, and are bound to the access token', async () => {
    const before = Math.floor(Date.now() / 1000);
    const answer = await signIn('app', 'openid');
    const accessToken = decodeJwt(answer.body.access_token!);
    expect(await verified(answer, 'app')).toEqual({
      iss: service.url,
      sub: ann,
      aud: 'app',
      iat: expect.any(Number),
      exp: expect.any(Number),
      auth_time: accessToken.auth_time,
      amr: ['pwd'],
      sid: accessToken.sid,
      at_hash: halfHash('sha256', answer.body.access_token!),
    });
    const { iat = 0, exp = 0, auth_time } = decodeJwt(idTokenOf(answer));
    expect(exp - iat).toBe(answer.body.expires_in);
    expect(auth_time).toBeGreaterThanOrEqual(before);
  });

  it('tell what the scopes ask for, and nothing that no scope asks for (OIDC Core §5.4)', async () => {
    const told = async (scope: string) => {
      const { iss, sub, aud, iat, exp, auth_time, amr, sid, at_hash, ...claims } = decodeJwt(
        idTokenOf(await signIn('app', scope)),
      );
      expect([iss, sub, aud, iat, exp, auth_time, amr, sid, at_hash]).not.toContain(undefined);
      return claims;
    };
    expect(await told('openid profile')).toEqual({
      name: 'Ann Nym',
      given_name: 'Ann',
      preferred_username: 'ann',
      updated_at: expect.any(Number),
    });
    expect(await told('openid email read')).toEqual({ email: 'ann@example.com', email_verified: true });
    expect(await told('openid address phone')).toEqual({
      address: { locality: 'Lisbon' },
      phone_number: '+15550100',
    });
  });

  it('are not given without the scope openid, nor to a client for itself', async () => {
    expect((await signIn('app', 'profile email')).body).not.toHaveProperty('id_token');
    const { status, body } = await tokenRequest(service.url, as('app'), {
      grant_type: 'client_credentials',
      scope: 'openid read',
    });
    expect([status, body.id_token]).toEqual([200, undefined]);
  });

  it.each(SIGNERS)(
    'are signed with %s for a client that wants it, at_hash by its hash',
    async (algorithm) => {
      const answer = await signIn(`by-${algorithm}`, 'openid');
      const { at_hash } = await verified(answer, `by-${algorithm}`);
      expect(decodeProtectedHeader(idTokenOf(answer)).alg).toBe(algorithm);
      expect(decodeProtectedHeader(answer.body.access_token!).alg).toBe('ES256');
      const digest = algorithm === 'EdDSA' ? 'sha512' : 'sha256';
      expect(at_hash).toBe(halfHash(digest, answer.body.access_token!));
    },
  );

  it('are given to a client that may not refresh, without a session', async () => {
    const claims = await verified(await signIn('no-refresh', 'openid'), 'no-refresh');
    expect(claims).toMatchObject({ sub: ann, amr: ['pwd'] });
    expect(claims).not.toHaveProperty('sid');
  });

  it('of a refresh keep who, where and when, with a new time of issue and no nonce (A9)', async () => {
    const first = await signIn('app', 'openid profile', { nonce: 'not the password grant’s' });
    const second = await refresh(service.url, first.body.refresh_token!, as('app'));
    const [before, after] = [await verified(first, 'app'), await verified(second, 'app')];
    for (const claim of ['iss', 'sub', 'aud', 'auth_time', 'sid', 'amr', 'name'])
      expect([claim, after[claim]]).toEqual([claim, before[claim]]);
    expect(after.at_hash).toBe(halfHash('sha256', second.body.access_token!));
    expect(after.iat).toBeGreaterThanOrEqual(before.iat!);
    expect(after).not.toHaveProperty('nonce');
  });

  it('are left out of a refresh that leaves openid out, and come again with it', async () => {
    const first = await signIn('app', 'openid profile');
    const narrowed = await refresh(service.url, first.body.refresh_token!, as('app'), { scope: 'profile' });
    expect([narrowed.status, narrowed.body.id_token]).toEqual([200, undefined]);
    const again = await refresh(service.url, narrowed.body.refresh_token!, as('app'), { scope: 'openid' });
    expect(await verified(again, 'app')).not.toHaveProperty('name');
  });

  it('tell a changed name at the next refresh', async () => {
    const users = service.app.get(UserService);
    const id = (await users.create({ username: 'renamed', password: PASSWORD }))!;
    const first = await signIn('app', 'openid profile', { username: 'renamed' });
    await users.change(id, { claims: { name: 'New Name' } });
    let token = first.body.refresh_token!;
    await until(async () => {
      const { body } = await refresh(service.url, token, as('app'));
      token = body.refresh_token!;
      return decodeJwt(body.id_token as string).name === 'New Name';
    });
  });

  it('say nothing of an address that is not there', async () => {
    await service.app.get(UserService).create({
      username: 'no-address',
      password: PASSWORD,
      claims: { email_verified: true },
    });
    const answer = await signIn('app', 'openid email', { username: 'no-address' });
    expect(await verified(answer, 'app')).not.toHaveProperty('email_verified');
  });

  it('are not had for a disabled user', async () => {
    const id = (await service.app.get(UserService).create({ username: 'gone', password: PASSWORD }))!;
    const first = await signIn('app', 'openid', { username: 'gone' });
    await service.app.get(UserLifecycleService).disable(id, 'admin');
    const answer = await refresh(service.url, first.body.refresh_token!, as('app'));
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant']);
  });
});

function halfHash(digest: string, token: string): string {
  const hash = createHash(digest).update(token).digest();
  return hash.subarray(0, hash.length / 2).toString('base64url');
}
