import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair } from 'jose';
import { randomUUID } from 'node:crypto';
import { type DpopKey, dpopKey, proof } from '../support/dpop.js';
import { startApp, type TestApp } from '../support/test-app.js';
import {
  type Ask,
  ask,
  byBasic,
  byName,
  expectError,
  expectUntouched,
  type Grant,
  GRANTS,
  soundGrant,
} from '../support/token-errors.js';

type Proofs = (key: DpopKey, url: string) => Promise<string | string[]>;

const now = () => Math.floor(Date.now() / 1000);
const withHeader =
  (header: Record<string, unknown>): Proofs =>
  (key, url) =>
    proof(key, url, {}, header);
const withClaims =
  (claims: () => Record<string, unknown>): Proofs =>
  (key, url) =>
    proof(key, url, claims());

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = (url: string) => ({ htm: 'POST', htu: url, iat: now(), jti: randomUUID() });

async function symmetric(_key: DpopKey, url: string): Promise<string> {
  const secret = Buffer.alloc(32, 7);
  const jwk = { kty: 'oct', k: secret.toString('base64url') };
  return proof({ privateKey: secret as never, jwk }, url, {}, { alg: 'HS256' });
}

async function privateJwk(_key: DpopKey, url: string): Promise<string> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return proof({ privateKey, jwk: await exportJWK(privateKey) }, url);
}

async function changed(key: DpopKey, url: string, change: (parts: string[]) => void): Promise<string> {
  const parts = (await proof(key, url)).split('.');
  change(parts);
  return parts.join('.');
}

/** What RFC 9449 §4.3 refuses. */
const REFUSED: [name: string, proofs: Proofs][] = [
  ['an empty proof', () => Promise.resolve('')],
  ['no JWT', () => Promise.resolve('proof')],
  ['a JWT of rubbish', () => Promise.resolve('a.b.c')],
  ['a proof of 8000 characters', () => Promise.resolve('a'.repeat(8_000))],
  ['a payload that is no object', (key, url) => changed(key, url, (parts) => (parts[1] = part('text')))],
  ['two headers', async (key, url) => [await proof(key, url), await proof(key, url)]],
  ['one proof in two headers', async (key, url) => Array<string>(2).fill(await proof(key, url))],
  ['two proofs joined by a comma', async (key, url) => `${await proof(key, url)}, ${await proof(key, url)}`],
  ['a comma behind it', async (key, url) => `${await proof(key, url)},`],
  ['a stale iat', withClaims(() => ({ iat: now() - 90 }))],
  ['an iat to come', withClaims(() => ({ iat: now() + 90 }))],
  ['no iat', withClaims(() => ({ iat: undefined }))],
  ['an iat that is text', withClaims(() => ({ iat: String(now()) }))],
  [
    'an iat beyond numbers',
    (key, url) => changed(key, url, (parts) => (parts[1] = part({}).replace('e30', 'eyJpYXQiOjFlOTk5fQ'))),
  ],
  ['no jti', withClaims(() => ({ jti: undefined }))],
  ['an empty jti', withClaims(() => ({ jti: '' }))],
  ['a jti that is a number', withClaims(() => ({ jti: 7 }))],
  ['a jti of 5000 characters', withClaims(() => ({ jti: 'j'.repeat(5_000) }))],
  ['another htm', withClaims(() => ({ htm: 'GET' }))],
  ['an htm in small letters', withClaims(() => ({ htm: 'post' }))],
  ['no htm', withClaims(() => ({ htm: undefined }))],
  ['no htu', withClaims(() => ({ htu: undefined }))],
  ['an htu that is no URL', withClaims(() => ({ htu: 'token' }))],
  ['the htu of another host', withClaims(() => ({ htu: 'http://attacker.example/oauth2/token' }))],
  ['the htu of another endpoint', (key, url) => proof(key, url, { htu: url.replace('token', 'revoke') })],
  ['the htu of another scheme', (key, url) => proof(key, url, { htu: url.replace('http:', 'https:') })],
  ['an expired one', withClaims(() => ({ exp: now() - 1 }))],
  ['another typ', withHeader({ typ: 'JWT' })],
  ['no typ', withHeader({ typ: undefined })],
  ['no jwk', withHeader({ jwk: undefined })],
  ['a jwk that is text', withHeader({ jwk: 'key' })],
  ['a jwk without its point', withHeader({ jwk: { kty: 'EC', crv: 'P-256' } })],
  ['a jwk off the curve', withHeader({ jwk: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' } })],
  ['a private jwk', privateJwk],
  ['a symmetric alg', symmetric],
  [
    'an unknown critical header',
    (key, url) =>
      changed(
        key,
        url,
        (parts) => (parts[0] = part({ alg: 'ES256', typ: 'dpop+jwt', jwk: key.jwk, crit: ['x'], x: 1 })),
      ),
  ],
  [
    'alg none',
    (key, url) =>
      Promise.resolve(`${part({ alg: 'none', typ: 'dpop+jwt', jwk: key.jwk })}.${part(claims(url))}.`),
  ],
  [
    'an alg that the key is not for',
    (key, url) =>
      changed(key, url, (parts) => (parts[0] = part({ alg: 'RS256', typ: 'dpop+jwt', jwk: key.jwk }))),
  ],
  ['a signature by another key', async (key, url) => proof({ ...(await dpopKey()), jwk: key.jwk }, url)],
  ['a changed payload', (key, url) => changed(key, url, (parts) => (parts[1] = part(claims(url))))],
  ['no signature', (key, url) => changed(key, url, (parts) => (parts[2] = ''))],
];

describe('token endpoint: DPoP proofs', () => {
  let service: TestApp;
  let key: DpopKey;
  let url: string;
  beforeAll(async () => {
    service = await startApp();
    url = `${service.url}/oauth2/token`;
    key = await dpopKey();
  });
  afterAll(() => service.stop());

  /** The public client where it may, so that its refresh token is bound to the key. */
  const clientOf = (grant: Grant) => (grant === 'client_credentials' ? byBasic() : byName('demo-spa'));
  const proved = async (by = key): Promise<Partial<Ask>> => ({ headers: { dpop: await proof(by, url) } });
  const begin = async (grant: Grant, client = clientOf(grant)) => {
    const { parameters, headers } = client;
    return soundGrant(service, grant, { parameters, headers: { ...headers, ...(await proved()).headers } });
  };

  describe.each(GRANTS)('%s', (grant) => {
    it.each(REFUSED)('answers invalid_dpop_proof to %s (A12)', async (_name, proofs) => {
      const sound = await begin(grant);
      const dpop = await proofs(key, url);
      expectError(
        await ask(service, sound, clientOf(grant), { headers: { dpop } }),
        400,
        'invalid_dpop_proof',
      );
      await expectUntouched(service, sound, clientOf(grant), await proved());
    });

    it('answers invalid_dpop_proof to a jti seen before, in a proof that was taken (A12)', async () => {
      const sound = await begin(grant);
      const again = await proved();
      await ask(
        service,
        { parameters: { grant_type: 'password', username: 'john', password: 'doe' } },
        byBasic(),
        again,
      );
      expectError(await ask(service, sound, clientOf(grant), again), 400, 'invalid_dpop_proof');
      await expectUntouched(service, sound, clientOf(grant), await proved());
    });

    it('takes an htu with query and fragment, in other letters, and answers a DPoP token (A11, A12)', async () => {
      const sound = await begin(grant);
      const htu = `${url.replace('http://', 'HTTP://')}?a=b#c`;
      const headers = { dpop: await proof(key, url, { htu, iat: now() - 30 }) };
      const answer = await ask(service, sound, clientOf(grant), { headers });
      expect([answer.status, answer.body.token_type]).toEqual([200, 'DPoP']);
    });
  });

  it("answers invalid_dpop_proof where a bound token's request has none (A11)", async () => {
    const sound = await begin('refresh_token');
    expectError(await ask(service, sound, byName('demo-spa')), 400, 'invalid_dpop_proof');
    await expectUntouched(service, sound, byName('demo-spa'), await proved());
  });

  it('answers invalid_grant where a bound token comes with a proof by another key (A11)', async () => {
    const sound = await begin('refresh_token');
    const other = await proved(await dpopKey());
    expectError(await ask(service, sound, byName('demo-spa'), other), 400, 'invalid_grant');
    await expectUntouched(service, sound, byName('demo-spa'), await proved());
  });

  it("takes a confidential client's token with a new key, and with none (A11)", async () => {
    for (const headers of [(await proved(await dpopKey())).headers, {}]) {
      const sound = await begin('refresh_token', byBasic());
      await expectUntouched(service, sound, byBasic(), { headers: { ...byBasic().headers, ...headers } });
    }
  });

  it("binds the successor of a public client's unbound token to the key that it proves (A11)", async () => {
    const client = byName('demo-spa');
    const sound = await soundGrant(service, 'refresh_token', client);
    const { status, body } = await ask(service, sound, client, await proved());
    expect([status, body.token_type]).toEqual([200, 'DPoP']);
    const next = { parameters: { refresh_token: body.refresh_token } };
    expectError(await ask(service, sound, client, next), 400, 'invalid_dpop_proof');
  });
});
