import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { calculateJwkThumbprint, decodeJwt, exportJWK, generateKeyPair } from 'jose';
import { type DpopKey, dpopKey, proof } from '../support/dpop.js';
import { familyIdOf, familyRow } from '../support/families.js';
import { type Answer } from '../support/http.js';
import { type Caller, DEMO, refresh, signIn, tokenRequest } from '../support/oauth.js';
import { CLIENT_SECRET, registerClient, startApp, type TestApp } from '../support/test-app.js';

const SPA: Caller = { id: 'demo-spa' };
const PASSWORD = { grant_type: 'password', username: 'john', password: 'doe' };

let service: TestApp;
let key: DpopKey;
let otherKey: DpopKey;
beforeAll(async () => {
  service = await startApp();
  [key, otherKey] = [await dpopKey(), await dpopKey()];
});
afterAll(() => service.stop());

const prove = async (by: DpopKey, claims = {}, header = {}): Promise<Record<string, string>> => ({
  dpop: await proof(by, `${service.url}/oauth2/token`, claims, header),
});
const signInWith = async (by: DpopKey | undefined, client: Caller): Promise<Answer> =>
  tokenRequest(service.url, client, PASSWORD, by ? await prove(by) : {});
const refreshWith = async (by: DpopKey | undefined, token: string, client: Caller): Promise<Answer> =>
  refresh(service.url, token, client, {}, by ? await prove(by) : {});
const boundTo = async (by: DpopKey) => ({ jkt: await calculateJwkThumbprint(by.jwk) });
const confirmation = ({ body }: Answer) => decodeJwt(body.access_token!).cnf;
const boundKey = async (token: string): Promise<string | null> => {
  const { rows } = await service.database.pool.query<{ dpop_jkt: string | null }>(
    'SELECT dpop_jkt FROM token_family WHERE id = $1',
    [familyIdOf(token)],
  );
  return rows[0]!.dpop_jkt;
};

describe('DPoP for a public client', () => {
  it('binds access token and refresh token to the key (A11)', async () => {
    const first = await signInWith(key, SPA);
    expect([first.status, first.body.token_type]).toEqual([200, 'DPoP']);
    expect(confirmation(first)).toEqual(await boundTo(key));
    const second = await refreshWith(key, first.body.refresh_token!, SPA);
    expect([second.status, second.body.token_type]).toEqual([200, 'DPoP']);
    expect(confirmation(second)).toEqual(await boundTo(key));
    expect(second.body.refresh_token).not.toBe(first.body.refresh_token);
  });

  it('takes no other key and no missing proof, and spends nothing by them (A11, L4)', async () => {
    const token = (await signInWith(key, SPA)).body.refresh_token!;
    expect((await refreshWith(otherKey, token, SPA)).body.error).toBe('invalid_grant');
    expect((await refreshWith(undefined, token, SPA)).body.error).toBe('invalid_dpop_proof');
    expect(await familyRow(service.database.pool, token)).toMatchObject({ generation: 0, revoked_at: null });
    expect((await refreshWith(key, token, SPA)).status).toBe(200);
  });

  it('gives a retry with a fresh proof the same successor (L3)', async () => {
    const token = (await signInWith(key, SPA)).body.refresh_token!;
    const [one, retry] = [await refreshWith(key, token, SPA), await refreshWith(key, token, SPA)];
    expect(retry.body.refresh_token).toBe(one.body.refresh_token);
    expect(retry.body.token_type).toBe('DPoP');
  });

  it('stays Bearer without a proof', async () => {
    const first = await signInWith(undefined, SPA);
    expect(first.body.token_type).toBe('Bearer');
    expect(confirmation(first)).toBeUndefined();
    expect((await refreshWith(undefined, first.body.refresh_token!, SPA)).body.token_type).toBe('Bearer');
  });

  it('binds the successor to the key that is first proved at a refresh (RFC 9449 §5)', async () => {
    const first = (await signInWith(undefined, SPA)).body.refresh_token!;
    const second = await refreshWith(key, first, SPA);
    expect([second.body.token_type, confirmation(second)]).toEqual(['DPoP', await boundTo(key)]);
    expect(await boundKey(first)).toBe((await boundTo(key)).jkt);
    expect((await refreshWith(otherKey, second.body.refresh_token!, SPA)).body.error).toBe('invalid_grant');
    expect((await refreshWith(key, second.body.refresh_token!, SPA)).status).toBe(200);
  });

  it('that is bound may keep its token: rotation off returns the same one (S0.1)', async () => {
    const id = await registerClient(service, {
      id: 'bound-spa',
      type: 'public',
      dpopBoundAccessTokens: true,
      tokenPolicy: { rotation: false },
    });
    const token = (await signInWith(key, { id })).body.refresh_token!;
    expect((await refreshWith(key, token, { id })).body.refresh_token).toBe(token);
    expect((await refreshWith(otherKey, token, { id })).body.error).toBe('invalid_grant');
  });
});

describe('DPoP for a confidential client', () => {
  it('binds the access token only: a new key works (A11)', async () => {
    const first = await signInWith(key, DEMO);
    expect(confirmation(first)).toEqual(await boundTo(key));
    expect(await boundKey(first.body.refresh_token!)).toBeNull();
    const second = await refreshWith(otherKey, first.body.refresh_token!, DEMO);
    expect([second.status, second.body.token_type]).toEqual([200, 'DPoP']);
    expect(confirmation(second)).toEqual(await boundTo(otherKey));
    const third = await refreshWith(undefined, second.body.refresh_token!, DEMO);
    expect([third.status, third.body.token_type, confirmation(third)]).toEqual([200, 'Bearer', undefined]);
  });

  it('binds the token of the client credentials grant', async () => {
    const answer = await tokenRequest(
      service.url,
      DEMO,
      { grant_type: 'client_credentials' },
      await prove(key),
    );
    expect([answer.body.token_type, confirmation(answer)]).toEqual(['DPoP', await boundTo(key)]);
  });

  it('that is registered for bound tokens needs a proof each time (RFC 9449 §5.2)', async () => {
    const id = await registerClient(service, { id: 'always-bound', dpopBoundAccessTokens: true });
    const client = { id, secret: CLIENT_SECRET };
    expect((await signInWith(undefined, client)).body.error).toBe('invalid_dpop_proof');
    const token = (await signInWith(key, client)).body.refresh_token!;
    expect((await refreshWith(undefined, token, client)).body.error).toBe('invalid_dpop_proof');
    expect((await refreshWith(otherKey, token, client)).status).toBe(200);
  });

  it('says DPoP for an opaque token too', async () => {
    const tokenPolicy = { access_token_format: 'opaque' } as const;
    const id = await registerClient(service, { id: 'opaque', tokenPolicy });
    const answer = await signInWith(key, { id, secret: CLIENT_SECRET });
    expect(answer.body).toMatchObject({ token_type: 'DPoP', access_token: expect.stringMatching(/^rga_/) });
  });
});

describe('a DPoP proof', () => {
  it.each(['ES256', 'RS256', 'PS256', 'EdDSA', 'Ed25519'])('signed with %s is taken (A12)', async (alg) => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    const by = { privateKey, jwk: await exportJWK(publicKey) };
    const answer = await tokenRequest(service.url, SPA, PASSWORD, await prove(by, {}, { alg }));
    expect([answer.status, answer.body.token_type]).toEqual([200, 'DPoP']);
  });

  it('may name its URL with a query, a fragment and another case of the host (A12)', async () => {
    const htu = `${service.url.replace('http', 'HTTP')}/oauth2/token?x=1#y`;
    expect((await tokenRequest(service.url, SPA, PASSWORD, await prove(key, { htu }))).status).toBe(200);
  });
});

describe('DPoP with nonces', () => {
  let strict: TestApp;
  beforeAll(async () => {
    strict = await startApp({ DPOP_NONCE_REQUIRED: 'true' });
  });
  afterAll(() => strict.stop());

  it('answers use_dpop_nonce with one nonce, spends nothing, and takes the nonce (A12, L4)', async () => {
    const url = `${strict.url}/oauth2/token`;
    const headers = async (nonce?: unknown) => ({ dpop: await proof(key, url, nonce ? { nonce } : {}) });
    const demand = await tokenRequest(strict.url, SPA, PASSWORD, await headers());
    expect([demand.status, demand.body.error]).toEqual([400, 'use_dpop_nonce']);
    const nonce = demand.headers['dpop-nonce'];
    expect(nonce).toEqual(expect.stringMatching(/^[\x21\x23-\x5B\x5D-\x7E]+$/));
    const first = await tokenRequest(strict.url, SPA, PASSWORD, await headers(nonce));
    expect(first.status).toBe(200);
    const token = first.body.refresh_token!;
    const again = await refresh(strict.url, token, SPA, {}, await headers());
    expect(again.body.error).toBe('use_dpop_nonce');
    const stale = await refresh(strict.url, token, SPA, {}, await headers('not-a-nonce-of-ours'));
    expect(stale.body.error).toBe('use_dpop_nonce');
    expect(await familyRow(strict.database.pool, token)).toMatchObject({ generation: 0 });
    expect((await refresh(strict.url, token, SPA, {}, await headers(nonce))).status).toBe(200);
  });

  it('lets clients without DPoP be', async () => {
    expect((await signIn(strict.url)).body.token_type).toBe('Bearer');
  });
});
