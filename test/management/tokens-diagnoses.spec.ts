import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RevocationService } from '../../src/revocation/revocation.service.js';
import { Database } from '../../src/database/database.js';
import { type Transaction } from '../../src/database/sql-session.js';
import { REMEDIES } from '../../src/tokens/families/refusal-remedies.js';
import { age, familyIdOf, familyRow } from '../support/families.js';
import { type Answer, send } from '../support/http.js';
import {
  ADMIN,
  adminToken,
  type ManagementClient,
  managementClient,
  startManaged,
} from '../support/management.js';
import { DEMO, firstRefreshToken, refresh, signIn, tokenRequest } from '../support/oauth.js';
import { haveRefused, REFUSALS } from '../support/refused-refreshes.js';
import { CLIENT_SECRET, createUser, registerClient, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const CAUSE = { reason: 'admin_request', initiator: 'admin' } as const;

interface Check {
  readonly check: string;
  readonly passed: boolean;
  readonly found: string;
  readonly needed: string;
}

let service: TestApp & { readonly admin: ManagementClient };
let admin: ManagementClient;
beforeAll(async () => {
  service = await startManaged();
  ({ admin } = service);
});
afterAll(() => service.stop());

const diagnose = async (body: object): Promise<Answer> => admin.post('/token-diagnoses', body);
const checksOf = ({ body }: Answer): Check[] => body.checks as Check[];
const failedOf = (answer: Answer): string[] =>
  checksOf(answer)
    .filter(({ passed }) => !passed)
    .map(({ check }) => check);

const inTransaction = (work: (revocation: RevocationService, transaction: Transaction) => Promise<unknown>) =>
  service.app
    .get(Database)
    .transaction((transaction) => work(service.app.get(RevocationService), transaction));

describe('POST /admin/v1/token-diagnoses of a refresh token', () => {
  it('says that the current token is accepted, check by check, and spends nothing', async () => {
    const token = await firstRefreshToken(service.url);
    const answer = await diagnose({ token });
    expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(answer.body).toMatchObject({
      kind: 'refresh_token',
      accepted: true,
      verdict: 'current',
      generation: 0,
      family: { family_id: familyIdOf(token), status: 'live' },
      revocations: [],
    });
    expect(checksOf(answer).map(({ check }) => check)).toEqual([
      'malformed',
      'wrong_client',
      'proof_missing',
      'wrong_proof_key',
      'revoked',
      'expired',
      'client_gone',
      'user_gone',
      'scope_too_wide',
      'resource_not_granted',
      'unknown',
      'replayed',
    ]);
    expect(failedOf(answer)).toEqual([]);
    expect(await familyRow(service.database.pool, token)).toMatchObject({ generation: 0 });
    expect((await refresh(service.url, token)).status).toBe(200);
  });

  it('says that a retry inside grace gets the same successor', async () => {
    const token = await firstRefreshToken(service.url);
    await refresh(service.url, token);
    expect((await diagnose({ token })).body).toMatchObject({ accepted: true, verdict: 'predecessor' });
  });

  it.each(REFUSALS)(
    'finds that it was refused for %s, as the endpoint did, and what it takes',
    async (refusal) => {
      const { token, client, request } = await haveRefused(service, refusal);
      // A replay has ended the family: the token is asked about as it was before.
      if (refusal === 'replayed') {
        await service.database.pool.query('UPDATE token_family SET revoked_at = NULL WHERE id = $1', [
          familyIdOf(token),
        ]);
      }
      const { dpop_jkt: jkt, ...asked } = request;
      const answer = await diagnose({
        token,
        client_id: client.id,
        ...asked,
        ...(jkt !== undefined && { dpop_jkt: jkt ?? '' }),
      });
      expect(answer.body).toMatchObject({ accepted: false, verdict: refusal });
      const failed = checksOf(answer).find(({ passed }) => !passed)!;
      expect(failed).toMatchObject({ check: refusal, needed: REMEDIES[refusal as keyof typeof REMEDIES] });
      expect(failed.found.length).toBeGreaterThan(5);
      expect(answer.text).not.toContain(token.slice(60));
    },
  );

  it('takes what it is not told for right', async () => {
    const { token } = await haveRefused(service, 'wrong_proof_key', 'untold');
    expect((await diagnose({ token })).body).toMatchObject({ accepted: true });
    expect((await diagnose({ token, dpop_jkt: '' })).body).toMatchObject({ verdict: 'proof_missing' });
  });

  it('tells of a replayed family when it was revoked, and by which event', async () => {
    const { token } = await haveRefused(service, 'replayed', 'replayed-family');
    const { body } = await diagnose({ token });
    expect(body).toMatchObject({
      verdict: 'revoked',
      family: { status: 'revoked', revocation_reason: 'replay' },
      revocations: [{ reason: 'replay' }],
    });
  });
});

describe('POST /admin/v1/token-diagnoses of an access token', () => {
  const newSession = async (name: string, policy = {}) => {
    const userId = await createUser(service, name, name);
    await registerClient(service, { id: name, tokenPolicy: policy });
    const client = { id: name, secret: CLIENT_SECRET };
    const { body } = await signIn(service.url, client, { username: name, password: name, scope: '' });
    const answer = await diagnose({ token: body.access_token });
    const claims = answer.body.claims as { jti: string; exp: number; sid: string };
    return { userId, clientId: name, token: body.access_token!, answer, claims };
  };

  it.each(['jwt', 'opaque'])('says that a sound %s one is active', async (format) => {
    const { answer, clientId } = await newSession(`sound-${format}`, { access_token_format: format });
    expect(answer.body).toMatchObject({
      kind: 'access_token',
      accepted: true,
      verdict: 'active',
      claims: { client_id: clientId },
      family: { status: 'live' },
    });
    expect(failedOf(answer)).toEqual([]);
    expect(checksOf(answer).map(({ check }) => check)).toEqual([
      'signature',
      'type',
      'issuer',
      'expiry',
      'access_token_revoked',
      'family_revoked',
      'user_revoked',
      'client_revoked',
      'everybody_revoked',
    ]);
  });

  it.each<
    [check: string, end: (session: Awaited<ReturnType<typeof newSession>>) => Promise<unknown>, found: RegExp]
  >([
    [
      'access_token_revoked',
      ({ claims, clientId, userId }) =>
        inTransaction((revocation, transaction) =>
          revocation.revokeAccessToken(transaction, { ...claims, client_id: clientId, sub: userId }, CAUSE),
        ),
      /^revoked at 2.*Z, admin_request$/,
    ],
    [
      'family_revoked',
      ({ claims }) =>
        inTransaction((revocation, transaction) => revocation.revokeFamily(transaction, claims.sid, CAUSE)),
      /^revoked at 2.*Z, admin_request$/,
    ],
    [
      'client_revoked',
      ({ clientId }) =>
        inTransaction((revocation, transaction) => revocation.revokeClient(transaction, clientId, CAUSE)),
      /^issued before the cutoff at 2.*Z$/,
    ],
  ])('finds %s, when and why', async (check, end, found) => {
    const session = await newSession(check);
    await end(session);
    const answer = await diagnose({ token: session.token });
    expect(answer.body).toMatchObject({ verdict: check });
    expect(failedOf(answer)).toEqual([check]);
    expect(checksOf(answer).find(({ passed }) => !passed)?.found).toMatch(found);
  });

  it('finds that its user was signed out everywhere, and its family with them', async () => {
    const { userId, token } = await newSession('signed-out');
    await inTransaction((revocation, transaction) => revocation.revokeUser(transaction, userId, CAUSE));
    const answer = await diagnose({ token });
    expect(failedOf(answer)).toEqual(['family_revoked', 'user_revoked']);
    expect(answer.body.revocations).toMatchObject([
      { type: 'user-tokens-revoked', initiating_entity: 'admin' },
    ]);
  });

  it('tells a forged one, one of another server, and what is none', async () => {
    const { token } = await newSession('forged');
    const [header, payload] = token.split('.');
    const forged = await diagnose({ token: `${header}.${payload}.${'A'.repeat(86)}` });
    expect(forged.body).toMatchObject({ accepted: false, verdict: 'signature' });
    expect(checksOf(forged)[0]!.found).toMatch(/^a JWT, by our key /);
    const foreign = Buffer.from(JSON.stringify({ alg: 'ES256', kid: 'theirs' })).toString('base64url');
    const other = await diagnose({ token: `${foreign}.${payload}.${'A'.repeat(86)}` });
    expect(checksOf(other)[0]!.found).toBe('a JWT, by an unknown key theirs');
    const none = await diagnose({ token: 'a password, by mistake' });
    expect(none.body).toMatchObject({ kind: 'access_token', verdict: 'signature' });
    expect(none.text).not.toContain('by mistake');
  });

  it('takes a token of client credentials for one without user and family', async () => {
    const { body } = await tokenRequest(service.url, DEMO, { grant_type: 'client_credentials' });
    const answer = await diagnose({ token: body.access_token });
    expect(answer.body).toMatchObject({ accepted: true, verdict: 'active' });
    expect(answer.body).not.toHaveProperty('family');
    expect(checksOf(answer).find(({ check }) => check === 'user_revoked')?.found).toBe('of no user');
  });
});

describe('GET /admin/v1/refusals', () => {
  it.each(REFUSALS)('tells by the request id that %s was what failed, and what it takes', async (refusal) => {
    const { answer, client, token } = await haveRefused(service, refusal, `looked-up-${refusal}`);
    const requestId = answer.headers['x-request-id'] as string;
    const look = async () => (await admin.get(`/refusals?request_id=${requestId}`)).body.items as object[];
    await until(async () => (await look()).length > 0);
    expect(await look()).toEqual([
      {
        request_id: requestId,
        occurred_at: expect.stringMatching(/Z$/),
        path: '/oauth2/token',
        status: 400,
        error: answer.body.error,
        error_description: answer.body.error_description,
        check: refusal,
        needed: REMEDIES[refusal as keyof typeof REMEDIES],
        client_id: client.id,
        ...(refusal !== 'malformed' && { family_id: familyIdOf(token) }),
        grant_type: 'refresh_token',
      },
    ]);
  });

  it('goes on by cursor and Link, filters by client, and has nothing of a request that there was not', async () => {
    const client = { id: 'refused-often', secret: CLIENT_SECRET };
    await registerClient(service, { id: client.id });
    for (let count = 0; count < 3; count += 1) await refresh(service.url, 'forged', client);
    const list = (query: string) => admin.get(`/refusals?client_id=${client.id}&${query}`);
    await until(async () => ((await list('')).body.items as object[]).length === 3);
    const first = await list('limit=2');
    expect(first.body.items).toHaveLength(2);
    expect(first.headers.link).toMatch(/; rel="next"$/);
    const rest = await list(`limit=2&cursor=${String(first.body.next_cursor)}`);
    expect(rest.body.items).toHaveLength(1);
    expect(rest.headers.link).toBeUndefined();
    expect((await admin.get('/refusals?request_id=never-was')).body).toEqual({ items: [] });
    expect((await admin.get('/refusals?family_id=none')).status).toBe(422);
  });
});

describe('a token that was pasted', () => {
  it('is in no row of the database, and in no error', async () => {
    const token = await firstRefreshToken(service.url);
    const { body } = await refresh(service.url, token);
    await age(service.database.pool, token, 60);
    const errors = [
      await diagnose({ token, unknown: token }),
      await diagnose({ token, scope: `"${token}` }),
      await diagnose({ token: [token] }),
      await diagnose({ token: token.repeat(200) }),
      await send(`${service.url}/admin/v1/token-diagnoses`, {
        headers: { authorization: `Bearer ${admin.token}`, 'content-type': 'application/json' },
        body: `{"token": "${token}`,
      }),
    ];
    expect(errors.map(({ status }) => status)).toEqual([422, 422, 422, 422, 400]);
    for (const { text } of errors) expect(text).not.toContain(token.slice(4, 40));
    for (const pasted of [token, body.access_token!, ADMIN.secret]) await diagnose({ token: pasted });
    const needles = [
      token,
      Buffer.from(token.slice(4), 'base64url').toString('hex', 21, 53),
      body.access_token!,
    ];
    for (const needle of needles) expect(await tablesWith(needle)).toEqual([]);
  });

  const tablesWith = async (needle: string): Promise<string[]> => {
    const { rows: tables } = await service.database.pool.query<{ name: string }>(
      `SELECT quote_ident(relname) AS name FROM pg_stat_user_tables`,
    );
    const found = await Promise.all(
      tables.map(async ({ name }) => {
        const { rowCount } = await service.database.pool.query(
          `SELECT 1 FROM ${name} t WHERE position($1 IN t::text) > 0 LIMIT 1`,
          [needle],
        );
        return rowCount ? [name] : [];
      }),
    );
    return found.flat();
  };
});

/** Last of all: families that are moved into the past would be older than a cutoff. */
describe('POST /admin/v1/token-diagnoses after the worst', () => {
  it('finds that everybody was signed out', async () => {
    const token = (await signIn(service.url)).body.access_token!;
    await inTransaction((revocation, transaction) => revocation.revokeEverybody(transaction, CAUSE));
    admin = managementClient(service.url, await adminToken(service.url));
    const answer = await diagnose({ token });
    expect(answer.body).toMatchObject({ accepted: false, verdict: 'everybody_revoked' });
    expect(answer.body.revocations).toMatchObject([{ type: 'all-tokens-revoked' }]);
  });

  it('finds that the key was revoked that made it', async () => {
    const token = (await signIn(service.url)).body.access_token!;
    const { kid } = JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()) as { kid: string };
    expect((await admin.post(`/keys/${kid}/revoke`, { reason: 'A backup was lost' })).status).toBe(200);
    admin = managementClient(service.url, await adminToken(service.url));
    const answer = await diagnose({ token });
    expect(answer.body).toMatchObject({ accepted: false, verdict: 'key_revoked' });
    expect(checksOf(answer)[0]!.found).toMatch(/revoked at 2.*Z, A backup was lost$/);
    expect(failedOf(answer)).toEqual(['key_revoked', 'signature']);
  });
});
