import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CompactSign, exportSPKI, importJWK, SignJWT } from 'jose';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { ClientService } from '../../src/clients/client.service.js';
import { DEMO_USER } from '../../src/first-run/demo-accounts.js';
import {
  byAssertion,
  clientAssertion,
  type ClientKey,
  clientKey,
  JWT_BEARER,
  now,
} from '../support/client-assertion.js';
import { type Answer, basic, type Parameters, postForm, send } from '../support/http.js';
import { CLIENT_SECRET, registerClient, startApp, type TestApp } from '../support/test-app.js';
import { byBasic, expectError } from '../support/token-errors.js';

// Deprecated only to stand out: these tests are without TLS.
/* eslint-disable @typescript-eslint/no-deprecated */
const openidWithoutTls = openid.allowInsecureRequests;
const insecure = { [oauth.allowInsecureRequests]: true };
/* eslint-enable @typescript-eslint/no-deprecated */

const ALGORITHMS = ['ES256', 'RS256', 'PS256', 'Ed25519'];
const SHOP = 'shop';
const OTHER = 'other-shop';

let service: TestApp;
let replica: TestApp;
let key: ClientKey;
let otherKey: ClientKey;
const stockKeys = new Map<string, ClientKey>();
beforeAll(async () => {
  service = await startApp({ CLIENT_FAILURE_LIMIT: '10000' });
  const { REGRANT_KEYS, REDIS_KEY_PREFIX, ISSUER } = service.environment;
  const second = await startApp(
    { REGRANT_KEYS, REDIS_KEY_PREFIX, ISSUER, CLIENT_FAILURE_LIMIT: '10000' },
    service.database,
  );
  // Both answer to one name, so the second is asked by its port.
  replica = { ...second, url: `http://127.0.0.1:${second.environment.HTTP_PORT}` };
  [key, otherKey] = [await clientKey(), await clientKey()];
  await register(SHOP, key);
  await register(OTHER, otherKey);
  for (const algorithm of ALGORITHMS) {
    const stockKey = await clientKey(algorithm);
    stockKeys.set(algorithm, stockKey);
    await register(`stock-${algorithm}`, stockKey);
  }
}, 60_000);
afterAll(async () => {
  await replica.stop();
  await service.stop();
});

const register = (id: string, ...keys: ClientKey[]): Promise<string> =>
  registerClient(service, {
    id,
    authMethods: ['private_key_jwt'],
    jwks: { keys: keys.map(({ jwk }) => jwk) },
  });
const ask = (parameters: Parameters, url = service.url): Promise<Answer> =>
  postForm(`${url}/oauth2/token`, { grant_type: 'client_credentials', ...parameters });
const assertion = (
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
  signer = key,
) => clientAssertion(signer, SHOP, service.url, claims, header);
const askWith = async (
  claims?: Record<string, unknown>,
  header?: Record<string, unknown>,
  signer?: ClientKey,
) => ask(byAssertion(await assertion(claims, header, signer)));

describe.each(ALGORITHMS)('private_key_jwt with a key for %s', (algorithm) => {
  const id = `stock-${algorithm}`;
  const privateKey = () => stockKeys.get(algorithm)!.privateKey;

  it('works with openid-client: its own token, refresh, introspection, revocation', async () => {
    const auth = openid.PrivateKeyJwt(privateKey());
    const options = { execute: [openidWithoutTls] };
    const config = await openid.discovery(new URL(service.url), id, undefined, auth, options);
    expect((await openid.clientCredentialsGrant(config)).token_type).toBe('bearer');
    const first = await openid.genericGrantRequest(config, 'password', { ...DEMO_USER });
    const second = await openid.refreshTokenGrant(config, first.refresh_token!);
    const ask = async () => (await openid.tokenIntrospection(config, second.access_token)).active;
    expect(await ask()).toBe(true);
    await openid.tokenRevocation(config, second.refresh_token!);
    expect(await ask()).toBe(false);
  });

  it('works with oauth4webapi: its own token, refresh, introspection, revocation', async () => {
    const issuer = new URL(service.url);
    const document = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure });
    const as = await oauth.processDiscoveryResponse(issuer, document);
    const client = { client_id: id };
    const auth = oauth.PrivateKeyJwt(privateKey());
    const own = await oauth.clientCredentialsGrantRequest(as, client, auth, {}, insecure);
    expect(await oauth.processClientCredentialsResponse(as, client, own)).toHaveProperty('access_token');
    const form = new URLSearchParams(DEMO_USER);
    const answer = await oauth.genericTokenEndpointRequest(as, client, auth, 'password', form, insecure);
    const first = await oauth.processGenericTokenEndpointResponse(as, client, answer);
    const refresh = await oauth.refreshTokenGrantRequest(as, client, auth, first.refresh_token!, insecure);
    const { access_token, refresh_token } = await oauth.processRefreshTokenResponse(as, client, refresh);
    const revocation = await oauth.revocationRequest(as, client, auth, refresh_token!, insecure);
    await oauth.processRevocationResponse(revocation);
    const asked = await oauth.introspectionRequest(as, client, auth, access_token, insecure);
    expect(await oauth.processIntrospectionResponse(as, client, asked)).toEqual({ active: false });
  });
});

describe('private_key_jwt', () => {
  it('is in the metadata, with its algorithms, for each endpoint (E1)', async () => {
    const { body } = await send(`${service.url}/.well-known/oauth-authorization-server`, { method: 'GET' });
    for (const endpoint of ['token', 'revocation', 'introspection']) {
      expect(body[`${endpoint}_endpoint_auth_methods_supported`]).toContain('private_key_jwt');
      expect(body[`${endpoint}_endpoint_auth_signing_alg_values_supported`]).toEqual([
        'ES256',
        'RS256',
        'PS256',
        'EdDSA',
        'Ed25519',
      ]);
    }
  });

  it.each<[string, () => Record<string, unknown>]>([
    ['the issuer as aud', () => ({ aud: service.url })],
    ['the token endpoint as aud', () => ({ aud: `${service.url}/oauth2/token` })],
    ['an aud of one member', () => ({ aud: [service.url] })],
    ['no iat', () => ({ iat: undefined })],
    ['iat and nbf a little ahead', () => ({ iat: now() + 8, nbf: now() + 8 })],
    ['an exp that has just passed', () => ({ exp: now() - 3 })],
  ])('takes an assertion with %s (E8)', async (_what, claims) => {
    expect((await askWith(claims())).status).toBe(200);
  });

  it.each(['JWT', 'client-authentication+jwt'])('takes the typ %s', async (typ) => {
    expect((await askWith({}, { typ })).status).toBe(200);
  });

  it('takes the client_id in the body, where it is the same', async () => {
    expect((await ask({ ...byAssertion(await assertion()), client_id: SHOP })).status).toBe(200);
  });

  it('takes either of two keys while a client changes over, each by its kid', async () => {
    const [one, two] = [await clientKey('ES256', 'one'), await clientKey('ES256', 'two')];
    await register('two-keys', one, two);
    const by = async (signer: ClientKey, kid?: string) =>
      (await ask(byAssertion(await clientAssertion(signer, 'two-keys', service.url, {}, { kid })))).status;
    expect([await by(one, 'one'), await by(two, 'two')]).toEqual([200, 200]);
    expect([await by(one, 'two'), await by(one, 'three'), await by(one)]).toEqual([401, 401, 401]);
  });

  it('takes either name of EdDSA, whichever the key has (RFC 9864)', async () => {
    const edwards = await clientKey('Ed25519');
    await register('edwards', { ...edwards, jwk: { ...edwards.jwk, alg: 'EdDSA' } });
    for (const alg of ['EdDSA', 'Ed25519']) {
      const token = await clientAssertion(edwards, 'edwards', service.url, {}, { alg });
      expect([alg, (await ask(byAssertion(token))).status]).toEqual([alg, 200]);
    }
  });

  it('has a client that lost a key refused at once on every replica', async () => {
    await register('changing', otherKey);
    const by = async (signer: ClientKey) =>
      (await ask(byAssertion(await clientAssertion(signer, 'changing', service.url)), replica.url)).status;
    expect(await by(otherKey)).toBe(200);
    await replica.app.get(ClientService).change('changing', { jwks: { keys: [key.jwk] } });
    expect([await by(otherKey), await by(key)]).toEqual([401, 200]);
  });
});

describe('an assertion is refused as invalid_client (E8)', () => {
  it.each<[string, () => Record<string, unknown>]>([
    ['another iss', () => ({ iss: OTHER })],
    ['no iss', () => ({ iss: undefined })],
    ['no sub', () => ({ sub: undefined })],
    ['an iss and sub that is no string', () => ({ iss: 7, sub: 7 })],
    ['an unknown client', () => ({ iss: 'nobody', sub: 'nobody' })],
    ['a client_id that no database can hold', () => ({ iss: 'a\0b', sub: 'a\0b' })],
    ['another aud', () => ({ aud: 'https://other.example' })],
    ['the revocation endpoint as aud', () => ({ aud: `${service.url}/oauth2/revoke` })],
    ['the issuer with a slash as aud', () => ({ aud: `${service.url}/` })],
    ['an aud beside ours', () => ({ aud: [service.url, 'https://other.example'] })],
    ['an empty aud', () => ({ aud: [] })],
    ['no aud', () => ({ aud: undefined })],
    ['no exp', () => ({ exp: undefined })],
    ['an exp long ago', () => ({ exp: now() - 60 })],
    ['an exp far ahead', () => ({ exp: now() + 3_600 })],
    ['an exp that is no number', () => ({ exp: 'tomorrow' })],
    ['an exp beyond all numbers', () => ({ exp: 1e308 * 10 })],
    ['an iat from the future', () => ({ iat: now() + 61 })],
    ['an nbf from the future', () => ({ nbf: now() + 61 })],
    ['an nbf that is no number', () => ({ nbf: '0' })],
    ['no jti', () => ({ jti: undefined })],
    ['an empty jti', () => ({ jti: '' })],
    ['a jti that is no string', () => ({ jti: 7 })],
    ['a jti that is too long', () => ({ jti: 'x'.repeat(513) })],
  ])('for %s', async (_what, claims) => {
    // Past its claims' types: `SignJWT` would refuse some of them.
    expectError(await ask(byAssertion(await assertionOf(claims()))), 401, 'invalid_client');
  });

  it.each<[string, Record<string, unknown>]>([
    ['another type of token', { typ: 'at+jwt' }],
    ['a DPoP proof', { typ: 'dpop+jwt' }],
    ['a key of its own', { jwk: 'OTHER' }],
    ['a kid that the client has not', { kid: 'other' }],
  ])('for %s', async (_what, header) => {
    const ownKey = 'jwk' in header;
    const answer = await askWith({}, ownKey ? { jwk: otherKey.jwk } : header, ownKey ? otherKey : key);
    expectError(answer, 401, 'invalid_client');
  });

  it("for another client's key", async () => {
    expectError(await askWith({}, {}, otherKey), 401, 'invalid_client');
  });

  it('for no signature (alg none)', async () => {
    const [, claims = ''] = (await assertion()).split('.');
    for (const alg of ['none', 'None', 'NONE']) {
      const header = Buffer.from(JSON.stringify({ alg })).toString('base64url');
      expectError(await ask(byAssertion(`${header}.${claims}.`)), 401, 'invalid_client');
    }
  });

  it.each(['HS256', 'HS512'])('for %s with the public key as the secret', async (alg) => {
    const pem = await exportSPKI((await importJWK(key.jwk, 'ES256', { extractable: true })) as never);
    for (const secret of [pem, pem.trim(), JSON.stringify(key.jwk)]) {
      const claims = { iss: SHOP, sub: SHOP, aud: service.url, jti: 'x', exp: now() + 60 };
      const forged = await new SignJWT(claims).setProtectedHeader({ alg }).sign(Buffer.from(secret));
      expectError(await ask(byAssertion(forged)), 401, 'invalid_client');
    }
  });

  it('for another algorithm than the key is for', async () => {
    const rsa = await clientKey('RS256');
    const pinned = { ...rsa, jwk: { ...rsa.jwk, alg: 'RS256' } };
    await register('pinned', pinned);
    const { subtle } = globalThis.crypto;
    const pkcs8 = await subtle.exportKey('pkcs8', rsa.privateKey);
    const scheme = { name: 'RSA-PSS', hash: 'SHA-256' };
    const privateKey = await subtle.importKey('pkcs8', pkcs8, scheme, false, ['sign']);
    const by = async (signer: ClientKey, alg: string) =>
      (await ask(byAssertion(await clientAssertion(signer, 'pinned', service.url, {}, { alg })))).status;
    expect(await by({ ...rsa, privateKey }, 'PS256')).toBe(401);
    expect(await by(rsa, 'RS256')).toBe(200);
  });

  it('for a key that is for encryption', async () => {
    const encryption = await clientKey();
    const keys = [{ ...encryption, jwk: { ...encryption.jwk, use: 'enc' } }, key];
    await register('encrypting', ...keys);
    const by = async (signer: ClientKey) =>
      (await ask(byAssertion(await clientAssertion(signer, 'encrypting', service.url)))).status;
    expect([await by(encryption), await by(key)]).toEqual([401, 200]);
  });

  it('for a signature that is cut off, changed or of other claims', async () => {
    const [header = '', claims = '', signature = ''] = (await assertion()).split('.');
    const [, others = ''] = (await assertion({ exp: now() + 500 })).split('.');
    const flipped = (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1);
    for (const [first, second, third] of [
      [header, claims, ''],
      [header, claims, signature.slice(0, -4)],
      [header, claims, flipped],
      [header, others, signature],
    ]) {
      expectError(await ask(byAssertion(`${first}.${second}.${third}`)), 401, 'invalid_client');
    }
  });

  it('for a critical extension that nobody knows', async () => {
    const critical = new CompactSign(Buffer.from(JSON.stringify(soundClaims())));
    const header = { alg: 'ES256', crit: ['x'], x: 1 };
    const token = await critical.setProtectedHeader(header).sign(key.privateKey, { crit: { x: true } });
    expectError(await ask(byAssertion(token)), 401, 'invalid_client');
  });

  it.each(['x', '..', 'a.b.c', 'e30.e30.e30', '{}', 'a'.repeat(8_000), 'a.b.c.d.e'])(
    'for what is no JWT: %.20s',
    async (token) => {
      expectError(await ask(byAssertion(token)), 401, 'invalid_client');
    },
  );

  it('for another client_assertion_type', async () => {
    const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer';
    const answer = await ask({ client_assertion_type, client_assertion: await assertion() });
    expectError(answer, 401, 'invalid_client');
  });

  it('of a client that is disabled, until it is enabled again', async () => {
    await register('off', otherKey);
    const clients = service.app.get(ClientService);
    const by = async () => ask(byAssertion(await clientAssertion(otherKey, 'off', service.url)));
    await clients.change('off', { enabled: false });
    expectError(await by(), 401, 'invalid_client');
    await clients.change('off', { enabled: true });
    expect((await by()).status).toBe(200);
  });

  it('of a client that has keys and authenticates otherwise', async () => {
    await registerClient(service, { id: 'by-secret', jwks: { keys: [key.jwk] } });
    const answer = await ask(byAssertion(await clientAssertion(key, 'by-secret', service.url)));
    expectError(answer, 401, 'invalid_client');
  });

  it('and its client’s secret does not do either', async () => {
    const { headers } = byBasic(SHOP, CLIENT_SECRET);
    const form = { grant_type: 'client_credentials' };
    expectError(await postForm(`${service.url}/oauth2/token`, form, headers), 401, 'invalid_client');
    expectError(await ask({ client_id: SHOP }), 401, 'invalid_client');
  });
});

describe('an assertion that came before (E8)', () => {
  it('is refused: once, at once, and at another replica', async () => {
    const once = byAssertion(await assertion());
    expect((await ask(once)).status).toBe(200);
    expectError(await ask(once), 401, 'invalid_client');
    expectError(await ask(once, replica.url), 401, 'invalid_client');
  });

  it('works once, however many come at the same time on two replicas', async () => {
    const once = byAssertion(await assertion());
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) => ask(once, index % 2 ? service.url : replica.url)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('does not use up the jti of another client, nor does a forged one', async () => {
    const jti = 'the same for everybody';
    expectError(await askWith({ jti }, {}, otherKey), 401, 'invalid_client');
    const other = await clientAssertion(otherKey, OTHER, service.url, { jti });
    expect((await ask(byAssertion(other))).status).toBe(200);
    expect((await askWith({ jti })).status).toBe(200);
  });

  it('at one endpoint is refused at another', async () => {
    const once = byAssertion(await assertion());
    expect((await ask(once)).status).toBe(200);
    for (const endpoint of ['revoke', 'introspect']) {
      const answer = await postForm(`${service.url}/oauth2/${endpoint}`, { token: 'x', ...once });
      expectError(answer, 401, 'invalid_client');
    }
  });
});

describe('a request with an assertion is refused as invalid_request', () => {
  it.each<[string, () => Promise<Answer>]>([
    [
      'with a secret too',
      async () => ask({ ...byAssertion(await assertion()), client_id: SHOP, client_secret: 'x' }),
    ],
    [
      'with Basic too',
      async () =>
        postForm(`${service.url}/oauth2/token`, byAssertion(await assertion()), {
          authorization: basic(SHOP, CLIENT_SECRET),
        }),
    ],
    ['with another client_id', async () => ask({ ...byAssertion(await assertion()), client_id: OTHER })],
    ['without its type', async () => ask({ client_assertion: await assertion() })],
    ['with its type alone', () => ask({ client_assertion_type: JWT_BEARER, client_id: SHOP })],
    [
      'when it is repeated',
      async () =>
        ask({ client_assertion_type: JWT_BEARER, client_assertion: [await assertion(), await assertion()] }),
    ],
  ])('%s', async (_what, request) => {
    expectError(await request(), 400, 'invalid_request');
  });
});

describe('registering private_key_jwt', () => {
  const unsound = (jwks: { keys: object[] } | undefined) =>
    registerClient(service, { id: 'unsound', authMethods: ['private_key_jwt'], jwks: jwks as never });

  it.each<[string, () => { keys: object[] } | undefined]>([
    ['no keys', () => undefined],
    ['a key of an unknown kind', () => ({ keys: [{ kty: 'AKP' }] })],
    ['a point that is on no curve', () => ({ keys: [{ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }] })],
    ['a key for encryption only', () => ({ keys: [{ ...key.jwk, use: 'enc' }] })],
    ['an RSA key that is too short', () => ({ keys: [shortKey()] })],
  ])('is refused with %s', async (_what, jwks) => {
    await expect(unsound(jwks())).rejects.toThrow(/jwks must hold a key/);
  });
});

function shortKey(): object {
  return generateKeyPairSync('rsa', { modulusLength: 1_024 }).publicKey.export({ format: 'jwk' });
}

function soundClaims(): Record<string, unknown> {
  return { iss: SHOP, sub: SHOP, aud: service.url, jti: randomUUID(), exp: now() + 60 };
}

/** Of any claims, however odd. */
async function assertionOf(claims: Record<string, unknown>): Promise<string> {
  const sign = new CompactSign(Buffer.from(JSON.stringify({ ...soundClaims(), ...claims })));
  return sign.setProtectedHeader({ alg: 'ES256' }).sign(key.privateKey);
}
