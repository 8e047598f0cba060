import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer } from '../support/http.js';
import { ifMatch, type ManagementClient, startManaged } from '../support/management.js';
import { DEMO, refresh, tokenRequest } from '../support/oauth.js';
import { type TestApp } from '../support/test-app.js';

const PASSWORD = 'correct horse battery staple';
const ANN = {
  email: 'ann@example.com',
  claims: { name: 'Änn', email_verified: true, phone_number: '+33 1', phone_number_verified: true },
  password: PASSWORD,
};

let service: TestApp & { readonly admin: ManagementClient };
let admin: ManagementClient;
beforeAll(async () => {
  service = await startManaged();
  ({ admin } = service);
});
afterAll(() => service.stop());

const create = (username: string, overrides: object = {}, headers = {}): Promise<Answer> =>
  admin.post('/users', { username, ...ANN, ...overrides }, headers);
const idOf = ({ body }: Answer): string => body.id as string;
const problems = ({ body }: Answer) => body.errors as { pointer: string; detail: string }[];
const pointers = (answer: Answer) => problems(answer).map(({ pointer }) => pointer);
const signIn = (username: string, password = PASSWORD): Promise<Answer> =>
  tokenRequest(service.url, DEMO, { grant_type: 'password', username, password });
const auditOf = async (id: string) => {
  const { body } = await admin.get(`/audit?target=${id}`);
  return body.items as { action: string; before?: object; after?: object; request_id: string }[];
};
const eventsOf = async (id: string) =>
  (
    await service.database.pool.query<{ type: string; reason: string; initiator: string }>(
      'SELECT type, reason, initiator FROM revocation_event WHERE subject = $1',
      [id],
    )
  ).rows;
const isActive = async (token: string): Promise<unknown> => {
  const headers = { authorization: `Basic ${Buffer.from(`${DEMO.id}:${DEMO.secret}`).toString('base64')}` };
  const answer = await fetch(`${service.url}/oauth2/introspect`, {
    method: 'POST',
    headers,
    body: new URLSearchParams({ token }),
  });
  return ((await answer.json()) as { active: unknown }).active;
};

describe('POST /admin/v1/users', () => {
  it('creates a user who can sign in, and never shows the password', async () => {
    const answer = await create('ann');
    expect(answer.status).toBe(201);
    const id = idOf(answer);
    const { password: _secret, ...shown } = ANN;
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^[\da-f-]{36}$/),
      username: 'ann',
      ...shown,
      status: 'active',
      has_password: true,
      created_at: expect.any(String),
      updated_at: expect.any(String),
    });
    expect(answer.headers.location).toBe(`${service.url}/admin/v1/users/${id}`);
    expect(answer.headers['cache-control']).toBe('no-store');
    const read = await admin.get(`/users/${id}`);
    expect([read.text, read.headers.etag]).toEqual([answer.text, answer.headers.etag]);
    expect((await signIn('ANN')).status).toBe(200);
    const [entry] = await auditOf(id);
    expect(entry).toMatchObject({ action: 'user.created', after: answer.body });
    expect(entry!.request_id).toBe(answer.headers['x-request-id']);
    const { rows } = await service.database.pool.query<{ row: string }>(
      'SELECT document::text AS row FROM audit_entry',
    );
    expect(rows.map(({ row }) => row).join()).not.toMatch(/correct horse|argon2/);
  });

  it('creates one who can do nothing yet: without a password, disabled', async () => {
    const answer = await admin.post('/users', { username: 'bare', status: 'disabled' });
    expect(answer.body).toMatchObject({ status: 'disabled', has_password: false, claims: {} });
    expect(answer.body).not.toHaveProperty('email');
  });

  it('answers 409 for a name that is taken, whatever its case', async () => {
    await create('taken');
    const answer = await create('TAKEN');
    expect([answer.status, answer.body.detail]).toEqual([409, 'the user name is taken']);
  });

  it('does a repeated creation once', async () => {
    const headers = { 'idempotency-key': 'a-user-once' };
    const answers = await Promise.all(Array.from({ length: 5 }, () => create('once', {}, headers)));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]!.status).toBe(201);
    expect(await auditOf(idOf(answers[0]!))).toHaveLength(1);
    const { rows } = await service.database.pool.query<{ row: string }>(
      `SELECT encode(sealed, 'escape') AS row FROM idempotent_answer`,
    );
    expect(rows.map(({ row }) => row).join()).not.toContain(PASSWORD);
    expect((await create('once', { password: 'another password' }, headers)).status).toBe(422);
  });

  it.each<[string, object, string[]]>([
    ['no name', { username: undefined }, ['#/username']],
    ['an empty name', { username: '' }, ['#/username']],
    ['a name of 256 characters', { username: 'x'.repeat(256) }, ['#/username']],
    ['a name with space around it', { username: ' ann' }, ['#/username']],
    ['a name with a control character', { username: 'a\u0007' }, ['#/username']],
    ['a name that reads from right to left', { username: 'a\u202eb' }, ['#/username']],
    ['NUL in a name', { username: 'a\0' }, ['#/username']],
    ['a name that is a number', { username: 1 }, ['#/username']],
    ['an address without a domain', { email: 'ann' }, ['#/email']],
    ['an address of null', { email: null }, ['#/email']],
    ['claims that are a list', { claims: [] }, ['#/claims']],
    ['claims of the server', { claims: { sub: 'x', exp: 1 } }, ['#/claims/sub', '#/claims/exp']],
    ['a claim of another type', { claims: { email_verified: 1 } }, ['#/claims/email_verified']],
    ['NUL in a claim', { claims: { a: { b: '\0' } } }, ['#/claims']],
    ['another status', { status: 'gone' }, ['#/status']],
    ['a short password', { password: '1234567' }, ['#/password']],
    ['a password of 1025 characters', { password: 'x'.repeat(1_025) }, ['#/password']],
    ['half a surrogate pair in a password', { password: 'long enough \ud800' }, ['#/password']],
    ['a password that is a list', { password: ['x'] }, ['#/password']],
    ['a hash', { password_hash: 'x' }, ['#/password_hash']],
    ['an id', { id: 'x' }, ['#/id']],
    [
      'everything at once',
      {
        username: 5,
        email: 'ann',
        claims: { iss: 'x', locale: '?' },
        status: 1,
        password: 'short',
        admin: true,
      },
      ['#/admin', '#/claims/iss', '#/claims/locale', '#/email', '#/password', '#/status', '#/username'],
    ],
  ])('refuses %s: 422', async (_case, overrides, expected) => {
    const answer = await create('refused', overrides);
    expect(answer.status).toBe(422);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(pointers(answer).sort()).toEqual([...expected].sort());
    expect(answer.text).not.toContain('long enough');
  });

  it('refuses what is no JSON object', async () => {
    const headers = { 'content-type': 'text/plain' };
    expect((await admin.post('/users', { username: 'x' }, headers)).status).toBe(415);
    expect((await admin.post('/users', [])).status).toBe(400);
    expect((await admin.post('/users', { username: 'x'.repeat(70_000) })).status).toBe(413);
    const lines = { 'content-type': 'application/x-ndjson' };
    expect((await admin.post('/users', { username: 'x' }, lines)).status).toBe(415);
  });
});

describe('GET /admin/v1/users', () => {
  it('lists in pages, by Link, while users come and go', async () => {
    const staying: string[] = [];
    for (let index = 0; index < 12; index += 1) staying.push(idOf(await create(`list-${index}`)));
    const leaving = await create('list-leaves');
    const shown: string[] = [];
    let path = '/users?limit=5&username_prefix=LIST-';
    for (let page = 0; ; page += 1) {
      const answer = await admin.get(path);
      expect(answer.status).toBe(200);
      shown.push(...(answer.body.items as { id: string }[]).map(({ id }) => id));
      if (page === 0) {
        await create('list-comes');
        await admin.delete(`/users/${idOf(leaving)}`, { 'if-match': '*' });
      }
      const [, next] = /^<(.+)>; rel="next"$/.exec(String(answer.headers.link)) ?? [];
      if (next === undefined) break;
      path = next.replace(`${service.url}/admin/v1`, '');
      expect(path).toContain('username_prefix=LIST-');
    }
    expect(shown.filter((id) => staying.includes(id))).toEqual(staying.toReversed());
    expect(new Set(shown).size).toBe(shown.length);
  });

  it('finds by the address and the status', async () => {
    await create('found', { email: 'Found@Example.com', status: 'disabled' });
    const names = async (query: string) =>
      ((await admin.get(`/users?${query}`)).body.items as { username: string }[]).map(
        ({ username }) => username,
      );
    expect(await names('email=found@example.com')).toEqual(['found']);
    expect(await names('email=found@example.com&status=active')).toEqual([]);
    expect(await names('status=disabled&username_prefix=fo')).toEqual(['found']);
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['status=gone', 'status'],
    ['cursor=eA', 'cursor'],
    ['cursor=%00', 'cursor'],
    ['email=', 'email'],
    ['sort=name', 'sort'],
  ])('refuses ?%s: 422', async (query, parameter) => {
    const answer = await admin.get(`/users?${query}`);
    expect([answer.status, pointers(answer)]).toEqual([422, [parameter]]);
  });
});

describe('PATCH /admin/v1/users/{user_id}', () => {
  it('changes what is given, takes away what is null, and tells of the new name at once', async () => {
    const created = await create('patched');
    const token = (await signIn('patched')).body.access_token!;
    const patch = { username: 'Renamed', claims: { name: null, locale: 'fr' } };
    const answer = await admin.patch(`/users/${idOf(created)}`, patch, ifMatch(created));
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ username: 'Renamed', email: ANN.email });
    const { name: _name, ...kept } = ANN.claims;
    expect(answer.body.claims).toEqual({ ...kept, locale: 'fr' });
    expect(answer.headers.etag).not.toBe(created.headers.etag);
    expect((await admin.get(`/users/${idOf(created)}`)).text).toBe(answer.text);
    expect((await auditOf(idOf(created)))[0]).toMatchObject({
      action: 'user.changed',
      before: created.body,
      after: answer.body,
    });
    expect((await signIn('renamed')).status).toBe(200);
    expect(await isActive(token)).toBe(true);
  });

  it('takes the verification away with what was verified, unless it is told of too', async () => {
    const created = await create('verified');
    const path = `/users/${idOf(created)}`;
    const moved = await admin.patch(path, { email: 'new@example.com' }, ifMatch(created));
    expect(moved.body.claims).toEqual({ name: 'Änn', phone_number: '+33 1', phone_number_verified: true });
    const patch = { email: 'newer@example.com', claims: { email_verified: true, phone_number: '+33 2' } };
    const again = await admin.patch(path, patch, ifMatch(moved));
    expect(again.body.claims).toEqual({ name: 'Änn', email_verified: true, phone_number: '+33 2' });
    const without = await admin.patch(path, { email: null, claims: null }, ifMatch(again));
    expect(without.body).not.toHaveProperty('email');
    expect(without.body.claims).toEqual({});
  });

  it('refuses what is unsound, with all that is wrong, and a name that is taken', async () => {
    const created = await create('unpatched');
    const path = `/users/${idOf(created)}`;
    const headers = ifMatch(created);
    const wrong = { username: null, email: 5, claims: { zoneinfo: 'Mars/Base' }, status: 'disabled' };
    const answer = await admin.patch(path, wrong, headers);
    expect(answer.status).toBe(422);
    expect(pointers(answer).sort()).toEqual(['#/claims/zoneinfo', '#/email', '#/status', '#/username']);
    expect((await admin.patch(path, { password: PASSWORD }, headers)).status).toBe(422);
    await create('in-the-way');
    expect((await admin.patch(path, { username: 'IN-the-way' }, headers)).status).toBe(409);
    expect((await admin.get(path)).text).toBe(created.text);
  });

  it('needs the ETag: 428 without, 412 with one of before, and lets one of many through', async () => {
    const created = await create('contended');
    const path = `/users/${idOf(created)}`;
    for (const call of [
      admin.patch(path, { email: null }),
      admin.delete(path),
      admin.put(`${path}/password`, { password: PASSWORD }),
    ]) {
      expect((await call).status).toBe(428);
    }
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        admin.patch(path, { email: `a${index}@example.com` }, ifMatch(created)),
      ),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array.from({ length: 9 }, () => 412)]);
    expect((await admin.delete(path, ifMatch(created))).status).toBe(412);
    expect((await admin.put(`${path}/password`, { password: PASSWORD }, ifMatch(created))).status).toBe(412);
  });
});

describe('what ends tokens', () => {
  const cases: [string, string, string, (path: string) => Promise<Answer>, number][] = [
    ['disabling', 'user.disabled', 'user_disabled', (path) => admin.post(`${path}/disable`), 200],
    ['deleting', 'user.deleted', 'user_deleted', (path) => admin.delete(path, { 'if-match': '*' }), 204],
    [
      'a new password',
      'user.password_set',
      'password_change',
      (path) => admin.put(`${path}/password`, { password: 'another password' }, { 'if-match': '*' }),
      204,
    ],
  ];

  it.each(cases)(
    '%s does so at once, with one event and one audit entry (L2, L5)',
    async (name, action, reason, end, status) => {
      const id = idOf(await create(name));
      const { access_token: accessToken, refresh_token: refreshToken } = (await signIn(name)).body;
      expect(await isActive(accessToken!)).toBe(true);
      expect((await end(`/users/${id}`)).status).toBe(status);
      expect(await isActive(accessToken!)).toBe(false);
      expect((await refresh(service.url, refreshToken!)).body.error).toBe('invalid_grant');
      expect((await signIn(name)).body.error).toBe('invalid_grant');
      expect(await eventsOf(id)).toEqual([{ type: 'user-tokens-revoked', reason, initiator: 'admin' }]);
      expect((await auditOf(id)).filter((entry) => entry.action === action)).toHaveLength(1);
    },
  );

  it('is not undone by enabling, after which the user may sign in again', async () => {
    const id = idOf(await create('back'));
    const { refresh_token: refreshToken } = (await signIn('back')).body;
    const disabled = await admin.post(`/users/${id}/disable`);
    expect(disabled.body.status).toBe('disabled');
    const enabled = await admin.post(`/users/${id}/enable`);
    expect(enabled.body.status).toBe('active');
    expect(enabled.headers.etag).toBe((await admin.get(`/users/${id}`)).headers.etag);
    expect((await refresh(service.url, refreshToken!)).body.error).toBe('invalid_grant');
    expect((await signIn('back')).status).toBe(200);
  });
});

describe('PUT /admin/v1/users/{user_id}/password', () => {
  it('sets a password, whatever was there before', async () => {
    const created = await admin.post('/users', { username: 'forgetful' });
    const path = `/users/${idOf(created)}`;
    const answer = await admin.put(`${path}/password`, { password: 'pä$$ wörd 😀' }, ifMatch(created));
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect((await signIn('forgetful', 'pä$$ wörd 😀')).status).toBe(200);
    expect((await admin.get(path)).body.has_password).toBe(true);
  });

  it.each<[string, object, string]>([
    ['none', {}, '#/password'],
    ['a short one', { password: 'ä'.repeat(7) }, '#/password'],
    ['one that is short once composed', { password: 'a\u0308'.repeat(7) }, '#/password'],
    ['a long one', { password: 'x'.repeat(1_025) }, '#/password'],
    ['null', { password: null }, '#/password'],
    ['a hash', { password: PASSWORD, password_hash: 'x' }, '#/password_hash'],
  ])('refuses %s: 422', async (_case, body, pointer) => {
    const id = '0198d3a4-77a2-7b61-9a51-0c1f6a5b7e21';
    const answer = await admin.put(`/users/${id}/password`, body, { 'if-match': '*' });
    expect([answer.status, pointers(answer)]).toEqual([422, [pointer]]);
  });
});

describe('a user who is not there', () => {
  it('is 404 whatever is asked', async () => {
    const headers = { 'if-match': '*' };
    for (const id of ['0198d3a4-77a2-7b61-9a51-0c1f6a5b7e21', 'nobody', '%00', 'import']) {
      const answers = await Promise.all([
        admin.get(`/users/${id}`),
        admin.patch(`/users/${id}`, {}, headers),
        admin.delete(`/users/${id}`, headers),
        admin.put(`/users/${id}/password`, { password: PASSWORD }, headers),
        admin.post(`/users/${id}/disable`),
        admin.post(`/users/${id}/enable`),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404]);
    }
  });
});
