import { calculateJwkThumbprint } from 'jose';
import { RevocationService } from '../../src/revocation/revocation.service.js';
import { Database } from '../../src/database/database.js';
import { dpopKey, proof } from './dpop.js';
import { age, familyIdOf } from './families.js';
import { type Answer, type Parameters } from './http.js';
import { type Caller, firstRefreshToken, refresh, tokenRequest } from './oauth.js';
import { CLIENT_SECRET, createUser, registerClient, type TestApp } from './test-app.js';

const PASSWORD = 'a password';

/** A refresh that was refused, and what it asked for. */
export interface RefusedRefresh {
  readonly token: string;
  readonly answer: Answer;
  readonly client: Caller;
  /** What else the request had, as a diagnosis takes it. */
  readonly request: {
    readonly dpop_jkt?: string | null;
    readonly scope?: string;
    readonly resource?: string[];
  };
}

/** A session of a user and a client of its own. */
interface Session {
  readonly service: TestApp;
  readonly client: Caller;
  readonly userId: string;
  readonly token: string;
  readonly refresh: (parameters?: Parameters, client?: Caller) => Promise<Answer>;
}

type Refuse = (session: Session) => Promise<Omit<RefusedRefresh, 'token'> & { token?: string }>;

const plain =
  (prepare: (session: Session) => Promise<unknown>): Refuse =>
  async (session) => {
    await prepare(session);
    return { answer: await session.refresh(), client: session.client, request: {} };
  };

/** How each refusal comes about, over HTTP but for what takes time or an admin. */
const REFUSED: Readonly<Record<string, Refuse>> = {
  malformed: async ({ token, refresh: ask, client }) => {
    const forged = token.slice(0, -3) + (token.endsWith('AAA') ? 'BBB' : 'AAA');
    return { answer: await ask({ refresh_token: forged }), token: forged, client, request: {} };
  },
  unknown: plain(({ service, token }) =>
    service.database.pool.query('DELETE FROM token_family WHERE id = $1', [familyIdOf(token)]),
  ),
  wrong_client: async ({ refresh: ask, service, client: { id } }) => {
    const other = { id: `${id}-other`, secret: CLIENT_SECRET };
    await registerClient(service, { id: other.id });
    return { answer: await ask({}, other), client: other, request: {} };
  },
  revoked: plain(({ service, token }) =>
    service.app.get(Database).transaction((transaction) =>
      service.app.get(RevocationService).revokeFamily(transaction, familyIdOf(token), {
        reason: 'admin_request',
        initiator: 'admin',
      }),
    ),
  ),
  expired: plain(({ service, token }) => age(service.database.pool, token, 86_401)),
  client_gone: plain(({ service, client }) =>
    service.app.get(Database).transaction((transaction) =>
      service.app.get(RevocationService).revokeClient(transaction, client.id, {
        reason: 'admin_request',
        initiator: 'admin',
      }),
    ),
  ),
  user_gone: plain(({ service, userId }) =>
    service.database.pool.query(`UPDATE user_account SET status = 'disabled' WHERE id = $1`, [userId]),
  ),
  scope_too_wide: async ({ refresh: ask, client }) => ({
    answer: await ask({ scope: 'read admin' }),
    client,
    request: { scope: 'read admin' },
  }),
  resource_not_granted: async ({ refresh: ask, client }) => ({
    answer: await ask({ resource: 'https://other.example/' }),
    client,
    request: { resource: ['https://other.example/'] },
  }),
  replayed: plain(async ({ service, token, refresh: ask }) => {
    await ask();
    await age(service.database.pool, token, 60);
  }),
};

/** Those that take a proof: of a public client, whose token is bound to its key. */
const BOUND: Readonly<Record<string, boolean>> = { proof_missing: false, wrong_proof_key: true };

export const REFUSALS = [...Object.keys(REFUSED), ...Object.keys(BOUND)];

/** Has a refresh refused for that reason, on a client and a user of its own. */
export async function haveRefused(
  service: TestApp,
  refusal: string,
  name = refusal,
): Promise<RefusedRefresh> {
  const username = `user-of-${name}`;
  const userId = await createUser(service, username, PASSWORD);
  const refuse = REFUSED[refusal];
  if (!refuse) return refuseBound(service, username, name, BOUND[refusal] ?? false);
  const client = { id: `client-of-${name}`, secret: CLIENT_SECRET };
  await registerClient(service, { id: client.id });
  const token = await firstRefreshToken(service.url, client, { username, password: PASSWORD, scope: '' });
  const ask = (parameters = {}, by: Caller = client) => refresh(service.url, token, by, parameters);
  return { token, ...(await refuse({ service, client, userId, token, refresh: ask })) };
}

async function refuseBound(
  service: TestApp,
  username: string,
  name: string,
  hasProof: boolean,
): Promise<RefusedRefresh> {
  const { url } = service;
  const client = { id: `client-of-${name}` };
  await registerClient(service, { id: client.id, type: 'public' });
  const signIn = { grant_type: 'password', username, password: PASSWORD };
  const endpoint = `${url}/oauth2/token`;
  const { body } = await tokenRequest(url, client, signIn, { dpop: await proof(await dpopKey(), endpoint) });
  const other = await dpopKey();
  const headers: Record<string, string> = hasProof ? { dpop: await proof(other, endpoint) } : {};
  return {
    token: body.refresh_token!,
    answer: await refresh(url, body.refresh_token!, client, {}, headers),
    client,
    request: { dpop_jkt: hasProof ? await calculateJwkThumbprint(other.jwk) : null },
  };
}
