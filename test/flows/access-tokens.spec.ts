import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { type SigningAlgorithm } from '../../src/clients/token-policy.js';
import { Clock } from '../../src/common/clock.js';
import { familyIdOf } from '../support/families.js';
import { type Caller, DEMO, refresh, signIn, tokenRequest } from '../support/oauth.js';
import { CLIENT_SECRET, createUser, registerClient, startApp, type TestApp } from '../support/test-app.js';

const ALGORITHMS: SigningAlgorithm[] = ['ES256', 'RS256', 'PS256', 'EdDSA'];
const [A, B] = ['https://a.example', 'https://b.example'] as const;

describe('access tokens', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp({ SIGNING_ALGORITHMS: ALGORITHMS.join(',') });
  });
  afterAll(() => service.stop());
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const client = (id: string): Caller => ({ id, secret: CLIENT_SECRET });
  const keySet = () => createRemoteJWKSet(new URL(`${service.url}/oauth2/jwks`));
  const passSeconds = (seconds: number): void => {
    const later = new Date(Date.now() + seconds * 1000);
    jest.spyOn(service.app.get(Clock), 'now').mockReturnValue(later);
  };

  it('are at+jwt with all claims of RFC 9068 §2.2 and the session (D1)', async () => {
    const userId = await createUser(service, 'ann', 'ann');
    const { body } = await signIn(service.url, DEMO, { username: 'ann', password: 'ann' });
    const { payload, protectedHeader } = await jwtVerify(body.access_token!, keySet(), {
      issuer: service.url,
      audience: service.url,
      typ: 'at+jwt',
    });
    expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) });
    expect(payload).toEqual({
      iss: service.url,
      sub: userId,
      aud: service.url,
      client_id: DEMO.id,
      iat: expect.any(Number),
      exp: payload.iat! + 3600,
      jti: expect.any(String),
      scope: 'profile email',
      sid: familyIdOf(body.refresh_token!),
      auth_time: expect.any(Number),
      amr: ['pwd'],
    });
    expect(Math.abs(payload.iat! - Date.now() / 1000)).toBeLessThan(30);
  });

  it.each(ALGORITHMS)(
    'signed with %s where the client wants so verify against the JWKS',
    async (algorithm) => {
      const id = `client-${algorithm}`;
      await registerClient(service, { id, tokenPolicy: { access_token_algorithm: algorithm } });
      for (const grant of ['sign-in', 'refresh', 'client']) {
        const signedIn = await signIn(service.url, client(id));
        const answer =
          grant === 'sign-in'
            ? signedIn
            : grant === 'refresh'
              ? await refresh(service.url, signedIn.body.refresh_token!, client(id))
              : await tokenRequest(service.url, client(id), { grant_type: 'client_credentials' });
        const { protectedHeader } = await jwtVerify(answer.body.access_token!, keySet(), {
          algorithms: [algorithm],
        });
        expect(protectedHeader.alg).toBe(algorithm);
      }
    },
  );

  it('are refused by the JWKS when a character of the signature differs', async () => {
    const { access_token } = (await signIn(service.url)).body;
    const [header, payload, signature] = access_token!.split('.') as [string, string, string];
    const forged = `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    await expect(jwtVerify(forged, keySet())).rejects.toThrow('signature verification failed');
  });

  it('have a jti of their own each (D1)', async () => {
    const jtis = new Set<unknown>();
    let { body } = await signIn(service.url);
    for (let round = 0; round < 5; round += 1) {
      jtis.add(decodeJwt(body.access_token!).jti);
      body = (await refresh(service.url, body.refresh_token!)).body;
    }
    expect(jtis.size).toBe(5);
  });

  it('opaque begin with rga_, are no JWT and tell nothing', async () => {
    const policy = { access_token_format: 'opaque', access_token_lifetime: 60 } as const;
    await registerClient(service, { id: 'opaque', tokenPolicy: policy });
    const { body } = await signIn(service.url, client('opaque'));
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 60 });
    expect(body.access_token).toMatch(/^rga_[\x21-\x7E]+$/);
    for (const token of [body.access_token!, body.access_token!.slice('rga_'.length)]) {
      expect(() => decodeJwt(token)).toThrow();
    }
    const refreshed = await refresh(service.url, body.refresh_token!, client('opaque'));
    expect(refreshed.body.access_token).toMatch(/^rga_/);
    expect(refreshed.body.access_token).not.toBe(body.access_token);
  });

  it('keep auth_time and amr across refreshes, with a new iat (A14)', async () => {
    const first = await signIn(service.url);
    const before = decodeJwt(first.body.access_token!);
    passSeconds(100);
    const second = await refresh(service.url, first.body.refresh_token!);
    passSeconds(200);
    const third = await refresh(service.url, second.body.refresh_token!);
    for (const { body } of [second, third]) {
      const { auth_time, amr, sub, sid, iat } = decodeJwt(body.access_token!);
      expect({ auth_time, amr, sub, sid }).toEqual({
        auth_time: before.auth_time,
        amr: before.amr,
        sub: before.sub,
        sid: before.sid,
      });
      expect(iat! - before.iat!).toBeGreaterThanOrEqual(99);
    }
  });

  it.each<[string, string[], string[], unknown]>([
    ['the issuer where the client has no audience', [], [], undefined],
    ['the one audience, as a string', [A], [], A],
    ['all audiences of the client', [A, B], [], [A, B]],
    ['the one that is asked for', [A, B], [B], B],
    ['those that are asked for', [A, B], [B, A], [B, A]],
  ])('are for %s (D1)', async (_case, audiences, resource, expected) => {
    const id = `for-${audiences.length}-${resource.length}`;
    await registerClient(service, { id, audiences });
    const { body } = await signIn(service.url, client(id), { resource });
    expect(decodeJwt(body.access_token!).aud).toEqual(expected ?? service.url);
  });

  it('leave scope out where there is none', async () => {
    await registerClient(service, { id: 'scopeless', scopes: [], defaultScopes: [] });
    const { body } = await signIn(service.url, client('scopeless'));
    expect(body).not.toHaveProperty('scope');
    expect(decodeJwt(body.access_token!)).not.toHaveProperty('scope');
    expect((await refresh(service.url, body.refresh_token!, client('scopeless'))).status).toBe(200);
  });

  it('are never alg none, and the JWKS holds public keys only (D1, L6)', async () => {
    const { access_token } = (await signIn(service.url)).body;
    expect(decodeProtectedHeader(access_token!).alg).not.toBe('none');
    const answer = await fetch(`${service.url}/oauth2/jwks`);
    expect(answer.headers.get('cache-control')).toContain('public');
    const { keys } = (await answer.json()) as { keys: Record<string, string>[] };
    expect(keys.map(({ alg }) => alg).sort()).toEqual([...ALGORITHMS].sort());
    for (const key of keys) {
      expect(key).toMatchObject({ use: 'sig', kid: expect.any(String) });
      for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(key).not.toHaveProperty(secret);
    }
  });
});
