import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createRemoteJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { randomUUID } from 'node:crypto';
import { Clock } from '../../src/common/clock.js';
import { type KeyDocument } from '../../src/management/keys/key.documents.js';
import { type Answer, basic, postForm, send } from '../support/http.js';
import {
  adminToken,
  ifMatch,
  type ManagementClient,
  managementClient,
  startManaged,
} from '../support/management.js';
import { DEMO, refresh, signIn } from '../support/oauth.js';
import { type TestApp } from '../support/test-app.js';

/** Seconds: the JWKS may be cached for 300 then, which is the longest. */
const AHEAD = 86_400;
const CACHED = 300;
const UNKNOWN = 'oV4cT8GzB1mYp0h0qJk0m9Jm0m0f1b0mXb7m3o2c1aE';

let service: TestApp & { readonly admin: ManagementClient };
let admin: ManagementClient;
beforeAll(async () => {
  service = await startManaged({ SIGNING_KEY_PUBLISH_AHEAD: String(AHEAD) });
});
beforeEach(async () => {
  admin = managementClient(service.url, await adminToken(service.url));
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(() => service.stop());

const fromNow = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
const travel = (seconds: number) => {
  const now = new Date(Date.now() + seconds * 1000);
  jest.spyOn(service.app.get(Clock), 'now').mockReturnValue(now);
};
const keyOf = ({ body }: Answer) => body as unknown as KeyDocument;
const create = async (wanted: object = {}, headers = {}) => {
  const answer = await admin.post('/keys', { algorithm: 'ES256', ...wanted }, headers);
  if (answer.status !== 201) throw new Error(answer.text);
  return keyOf(answer);
};
const list = async (): Promise<KeyDocument[]> =>
  ((await admin.get('/keys')).body as unknown as { items: KeyDocument[] }).items;
const active = async (): Promise<KeyDocument> =>
  (await list()).find(({ algorithm, state }) => algorithm === 'ES256' && state === 'active')!;
const published = async (): Promise<string[]> => {
  const { body } = await send(`${service.url}/oauth2/jwks`, { method: 'GET' });
  return (body as unknown as JSONWebKeySet).keys.map(({ kid }) => kid!);
};
const signer = async (): Promise<string> =>
  decodeProtectedHeader((await signIn(service.url)).body.access_token!).kid!;
/** What the audit log has on a key, the oldest first. */
const audited = async (kid: string): Promise<Record<string, unknown>[]> => {
  const { body } = await admin.get(`/audit?target_type=key&target=${encodeURIComponent(kid)}`);
  return (body as unknown as { items: Record<string, unknown>[] }).items.reverse();
};

describe('GET /admin/v1/keys', () => {
  it('lists every key with its state, and nothing private', async () => {
    const keys = await list();
    expect(keys.map(({ algorithm, state }) => [algorithm, state])).toEqual([
      ['A256CBC-HS512', 'active'],
      ['ES256', 'active'],
    ]);
    const [symmetric, signing] = keys as [KeyDocument, KeyDocument];
    expect(Object.keys(symmetric).sort()).toEqual(['active_from', 'algorithm', 'created_at', 'kid', 'state']);
    expect(Object.keys(signing.public_jwk!).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
    expect(await published()).toEqual([signing.kid]);
  });

  it('goes on from page to page', async () => {
    const all = (await list()).map(({ kid }) => kid);
    const found: string[] = [];
    for (let next: string | undefined = `${service.url}/admin/v1/keys?limit=1`; next;) {
      const path = next.replace(`${service.url}/admin/v1`, '');
      const answer: Answer = await admin.get(path);
      const { items } = answer.body as unknown as { items: KeyDocument[] };
      found.push(...items.map(({ kid }) => kid));
      [, next] = /^<([^>]+)>; rel="next"$/.exec((answer.headers.link as string | undefined) ?? '') ?? [];
    }
    expect(found).toEqual(all);
    expect((await admin.get('/keys?cursor=!')).status).toBe(422);
  });

  it('reads one, and 404 for one that there is not', async () => {
    const key = await active();
    const answer = await admin.get(`/keys/${key.kid}`);
    expect(answer.body).toEqual(key);
    expect(answer.headers.etag).toMatch(/^"/);
    expect((await admin.get(`/keys/${UNKNOWN}`)).status).toBe(404);
  });
});

describe('POST /admin/v1/keys', () => {
  it('publishes a key that signs later, and writes it down', async () => {
    const before = await signer();
    const answer = await admin.post('/keys', { algorithm: 'ES256' });
    expect(answer.status).toBe(201);
    const key = keyOf(answer);
    expect(key.state).toBe('next');
    expect(Date.parse(key.active_from) - Date.parse(key.created_at)).toBeGreaterThan((AHEAD - 60) * 1000);
    expect(answer.headers.location).toBe(`${service.url}/admin/v1/keys/${key.kid}`);
    expect(answer.headers.etag).toBe((await admin.get(`/keys/${key.kid}`)).headers.etag);
    expect(await published()).toContain(key.kid);
    expect(await signer()).toBe(before);
    expect((await active()).retire_at).toBe(key.active_from);
    expect(await audited(key.kid)).toEqual([
      expect.objectContaining({
        action: 'key.created',
        actor: { type: 'client', id: 'admin' },
        request_id: expect.any(String),
        after: key,
      }),
    ]);
  });

  it('makes one key for one Idempotency-Key, however often it comes', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const wanted = { active_from: fromNow(600) };
    const before = (await list()).length;
    const [one, other] = await Promise.all([1, 2].map(() => create(wanted, headers)));
    expect(other).toEqual(one);
    travel(900);
    expect(await create(wanted, headers)).toEqual(one);
    expect(await list()).toHaveLength(before + 1);
  });

  it('has a key sign from a time on, or at once', async () => {
    const from = fromNow(7_200);
    expect((await create({ active_from: from })).active_from).toBe(from);
    const party = createRemoteJWKSet(new URL(`${service.url}/oauth2/jwks`), { cooldownDuration: 0 });
    const before = (await signIn(service.url)).body.access_token!;
    await jwtVerify(before, party);
    const key = await create({ immediately: true });
    expect(key.state).toBe('active');
    expect(await signer()).toBe(key.kid);
    await jwtVerify((await signIn(service.url)).body.access_token!, party);
    await jwtVerify(before, party);
  });

  it.each([
    ['an algorithm that the server keeps no key for', { algorithm: 'RS256' }, ['#/algorithm']],
    ['an unknown one, and more', { algorithm: 'none', immediately: 'yes' }, ['#/algorithm', '#/immediately']],
    ['a time that caches can not keep up with', { active_from: fromNow(CACHED - 60) }, ['#/active_from']],
    ['a time that is past', { active_from: '2020-01-01T00:00:00Z' }, ['#/active_from']],
    ['a week', { active_from: '2030-W09' }, ['#/active_from']],
    ['30 February', { active_from: '2030-02-30T00:00:00Z' }, ['#/active_from']],
    ['a time of no zone', { active_from: '2030-01-01T00:00:00' }, ['#/active_from']],
    ['a time at once', { active_from: fromNow(7_200), immediately: true }, ['#/immediately']],
    ['a private key', { d: 'd' }, ['#/d']],
  ])('refuses %s', async (_case, wanted, pointers) => {
    const before = await list();
    const answer = await admin.post('/keys', { algorithm: 'ES256', ...wanted });
    expect(answer.status).toBe(422);
    const errors = answer.body.errors as { pointer: string }[];
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual(pointers);
    expect(await list()).toEqual(before);
  });
});

describe('POST /admin/v1/keys/{kid}/retire', () => {
  it('hands over to a key that every cache has, once', async () => {
    const before = await create({ immediately: true });
    const next = await create({ active_from: fromNow(3_600) });
    const others = (await list()).filter(({ state, kid }) => state === 'next' && kid !== next.kid);
    for (const { kid } of others) {
      expect((await admin.delete(`/keys/${kid}`, { 'if-match': '*' })).status).toBe(204);
    }
    expect((await admin.post(`/keys/${before.kid}/retire`)).status).toBe(409);
    expect((await admin.post(`/keys/${next.kid}/retire`)).status).toBe(409);
    travel(CACHED);
    const answer = await admin.post(`/keys/${before.kid}/retire`);
    expect(answer.status).toBe(200);
    expect(keyOf(answer)).toMatchObject({ state: 'retired', kid: before.kid });
    expect(await signer()).toBe(next.kid);
    expect(await published()).toEqual(expect.arrayContaining([before.kid, next.kid]));
    expect((await admin.post(`/keys/${before.kid}/retire`)).body).toEqual(answer.body);
    expect((await audited(before.kid)).map(({ action }) => action)).toEqual(['key.created', 'key.retired']);
  });

  it('404 for a key that there is not', async () => {
    expect((await admin.post(`/keys/${UNKNOWN}/retire`)).status).toBe(404);
  });
});

describe('DELETE /admin/v1/keys/{kid}', () => {
  it('takes back a key that has not signed, as it was read', async () => {
    const key = await create();
    const read = await admin.get(`/keys/${key.kid}`);
    expect((await admin.delete(`/keys/${key.kid}`)).status).toBe(428);
    await create({ active_from: fromNow(AHEAD * 3) });
    expect((await admin.delete(`/keys/${key.kid}`, ifMatch(read))).status).toBe(412);
    const again = await admin.get(`/keys/${key.kid}`);
    expect((await admin.delete(`/keys/${key.kid}`, ifMatch(again))).status).toBe(204);
    expect((await admin.get(`/keys/${key.kid}`)).status).toBe(404);
    expect(await published()).not.toContain(key.kid);
    expect(await audited(key.kid)).toEqual([
      expect.objectContaining({ action: 'key.created' }),
      expect.objectContaining({ action: 'key.deleted', before: again.body }),
    ]);
  });

  it('leaves a key that has signed', async () => {
    const { kid } = await active();
    expect((await admin.delete(`/keys/${kid}`, { 'if-match': '*' })).status).toBe(409);
    expect((await active()).kid).toBe(kid);
  });
});

describe('POST /admin/v1/keys/{kid}/revoke', () => {
  const revoke = (kid: string, body: object = { reason: 'A backup was lost' }) =>
    admin.post(`/keys/${kid}/revoke`, body);

  it('ends every token of the key, with one event and one audit entry, and has another sign', async () => {
    const { access_token, refresh_token } = (await signIn(service.url)).body;
    const key = await active();
    const answer = await revoke(key.kid);
    expect(answer.status).toBe(200);
    expect(keyOf(answer)).toMatchObject({ kid: key.kid, state: 'revoked', reason: 'A backup was lost' });
    expect(answer.body).not.toHaveProperty('public_jwk');
    const authorization = basic(DEMO.id, DEMO.secret!);
    const introspect = async (token: string) =>
      (await postForm(`${service.url}/oauth2/introspect`, { token }, { authorization })).body.active;
    expect(await introspect(access_token!)).toBe(false);
    expect(await published()).not.toContain(key.kid);
    // The admin's own token was of that key.
    expect((await admin.get('/keys')).status).toBe(401);
    admin = managementClient(service.url, await adminToken(service.url));
    const refreshed = (await refresh(service.url, refresh_token!)).body.access_token!;
    expect(decodeProtectedHeader(refreshed).kid).toBe((await active()).kid);
    expect(await introspect(refreshed)).toBe(true);
    expect((await admin.get(`/keys/${key.kid}`)).body).toEqual(answer.body);
    const again = await revoke(key.kid, { reason: 'another' });
    expect([again.status, again.body]).toEqual([200, answer.body]);
    const events = await admin.get('/events?type=signing-key-revoked');
    expect(events.body.items).toEqual([expect.objectContaining({ kid: key.kid, reason: 'key_compromised' })]);
    const entries = (await audited(key.kid)).filter(({ action }) => action === 'key.revoked');
    expect(entries).toEqual([
      expect.objectContaining({
        reason: 'A backup was lost',
        before: expect.objectContaining({ state: 'active' }),
        after: answer.body,
      }),
    ]);
  });

  it('needs a reason: 422, and 404 for a key that there is not', async () => {
    const { kid } = await active();
    expect((await revoke(kid, {})).status).toBe(422);
    expect((await revoke(UNKNOWN)).status).toBe(404);
    expect((await active()).kid).toBe(kid);
  });
});
