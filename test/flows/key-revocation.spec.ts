import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { Sweeper } from '../../src/database/sweeper.js';
import { KeyRevocationService } from '../../src/revocation/keys/key-revocation.service.js';
import { RevokedKeyRepository } from '../../src/revocation/keys/revoked-key.repository.js';
import { signCompactJws } from '../../src/tokens/keys/compact-jws.js';
import { TokenKeyManager } from '../../src/tokens/keys/token-key.manager.js';
import { TokenKeyService } from '../../src/tokens/keys/token-key.service.js';
import { type KeyAlgorithm } from '../../src/tokens/keys/token-key.js';
import { accessToken, readEvents } from '../support/event-reader.js';
import { basic, postForm, send } from '../support/http.js';
import { type Caller, DEMO, refresh, signIn } from '../support/oauth.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';
import { type Replicas, startReplicas } from '../support/replicas.js';
import { CLIENT_SECRET, registerClient } from '../support/test-app.js';
import { until } from '../support/until.js';

const OPAQUE: Caller = { id: 'opaque', secret: CLIENT_SECRET };
const KINDS: [kind: string, client: Caller, algorithm: KeyAlgorithm][] = [
  ['JWTs', DEMO, 'ES256'],
  ['opaque tokens', OPAQUE, 'A256CBC-HS512'],
];
const WHY = 'it was in a backup that is lost';

const kidOf = (token: string): string => decodeProtectedHeader(token.replace(/^rga_/, '')).kid!;

/** L2 for keys: after the acknowledgement nothing that was made under the key is active anywhere. */
describe.each(['up', 'absent', 'stopped'] as const)('the revocation of a key, with Redis %s', (state) => {
  let redis: RedisServer | undefined;
  let replicas: Replicas;
  beforeAll(async () => {
    redis = state === 'absent' ? undefined : await startRedis();
    replicas = await startReplicas({ REDIS_URL: redis?.url, REDIS_TIMEOUT_MS: '200' });
    await registerClient(replicas.here, { id: OPAQUE.id, tokenPolicy: { access_token_format: 'opaque' } });
  }, 120_000);
  beforeEach(() => {
    redis?.process.kill('SIGCONT');
  });
  afterAll(async () => {
    redis?.process.kill('SIGCONT');
    await replicas.stop();
    await redis?.stop();
  });

  const get = <T>(type: abstract new (...all: never[]) => T): T => replicas.here.app.get<T>(type);
  const urls = () => [replicas.here.url, replicas.there.url];
  const revoke = (kid: string) => get(KeyRevocationService).revoke(kid, WHY);
  const active = async (url: string, token: string, { id, secret }: Caller): Promise<unknown> => {
    const authorization = basic(id, secret!);
    return (await postForm(`${url}/oauth2/introspect`, { token }, { authorization })).body.active;
  };
  const activeAnywhere = (token: string, client: Caller) =>
    Promise.all(urls().map((url) => active(url, token, client)));
  const events = async (kid: string): Promise<number> => {
    const statement = `SELECT 1 FROM revocation_event WHERE type = 'signing-key-revoked' AND key_id = $1`;
    return (await replicas.here.database.pool.query(statement, [kid])).rows.length;
  };

  it.each(KINDS)(
    'ends %s of it at once on every replica (L2)',
    async (_kind, client, algorithm) => {
      const { url } = replicas.there;
      const { access_token, refresh_token } = (await signIn(url, client)).body;
      const kid = kidOf(access_token!);
      expect(kid).toBe(get(TokenKeyService).current(algorithm).kid);
      expect(await activeAnywhere(access_token!, client)).toEqual([true, true]);
      if (state === 'stopped') redis!.process.kill('SIGSTOP');
      expect(await revoke(kid)).toMatchObject({ kid, algorithm, reason: WHY });
      expect(await activeAnywhere(access_token!, client)).toEqual([false, false]);
      expect(await events(kid)).toBe(1);
      // The replica that revoked has the new key; the other hears of it, or looks by itself.
      const refreshed = (await refresh(replicas.here.url, refresh_token!, client)).body;
      expect(kidOf(refreshed.access_token!)).not.toBe(kid);
      await until(async () => (await active(url, refreshed.access_token!, client)) === true);
      const again = (await refresh(url, refreshed.refresh_token!, client)).body;
      expect(kidOf(again.access_token!)).toBe(kidOf(refreshed.access_token!));
      await until(async () => (await activeAnywhere(again.access_token!, client)).every(Boolean));
    },
    60_000,
  );

  it('turns away who bears a token of it (L2)', async () => {
    const token = await accessToken(replicas.there.url, DEMO, 'events.read');
    const snapshots = () =>
      Promise.all(
        urls().map(async (url) => {
          const headers = { authorization: `Bearer ${token}` };
          return (await send(`${url}/events/revocations/snapshot`, { method: 'GET', headers })).status;
        }),
      );
    expect(await snapshots()).toEqual([200, 200]);
    if (state === 'stopped') redis!.process.kill('SIGSTOP');
    await revoke(kidOf(token));
    expect(await snapshots()).toEqual([401, 401]);
  }, 120_000);

  it('ends what whoever has got hold of it makes afterwards, and it is not published any more', async () => {
    const { access_token } = (await signIn(replicas.there.url)).body;
    const stolen = get(TokenKeyService).current('ES256');
    if (state === 'stopped') redis!.process.kill('SIGSTOP');
    await revoke(stolen.kid);
    const forged = await signCompactJws(stolen, 'at+jwt', { ...decodeJwt(access_token!), scope: 'admin' });
    expect(await activeAnywhere(forged, DEMO)).toEqual([false, false]);
    for (const url of urls()) {
      const party = createRemoteJWKSet(new URL(`${url}/oauth2/jwks`), { cooldownDuration: 0 });
      await until(() =>
        jwtVerify(forged, party).then(
          () => party.reload().then(() => false),
          () => true,
        ),
      );
      const { body } = await signIn(url);
      await jwtVerify(body.access_token!, party);
    }
  }, 120_000);

  it('is one event, in one transaction, however often it is asked for (L5)', async () => {
    const { kid } = get(TokenKeyService).current('ES256');
    const revoked = await Promise.all([1, 2, 3].map(() => revoke(kid)));
    expect(new Set(revoked.map((one) => one?.revokedAt.getTime())).size).toBe(1);
    expect(await revoke(kid)).toEqual(revoked[0]);
    expect(await events(kid)).toBe(1);
    const before = await get(TokenKeyManager).list();
    expect(await revoke('unknown')).toBeUndefined();
    expect(await get(TokenKeyManager).list()).toEqual(before);
  });
});

describe('the revocation of a key', () => {
  let replicas: Replicas;
  beforeAll(async () => {
    replicas = await startReplicas({ SSE_HEARTBEAT: '1' });
  }, 120_000);
  afterAll(() => replicas.stop());

  const get = <T>(type: abstract new (...all: never[]) => T): T => replicas.here.app.get<T>(type);

  it('is told on the event stream, in the snapshot and in the Redis stream, by its kid', async () => {
    const { kid } = get(TokenKeyService).current('A256CBC-HS512');
    const { url } = replicas.there;
    const token = await accessToken(url, DEMO, 'events.read');
    const reader = await readEvents(url, token, { query: '?type=signing-key-revoked&client_id=any' });
    await get(KeyRevocationService).revoke(kid, WHY);
    await reader.has(1);
    const [{ cursor, ...event }] = reader.events as [(typeof reader.events)[0]];
    expect(event).toEqual({
      id: expect.any(String),
      type: 'signing-key-revoked',
      occurred_at: expect.any(String),
      reason: 'key_compromised',
      initiating_entity: 'admin',
      kid,
    });
    reader.close();
    const headers = { authorization: `Bearer ${token}` };
    const { text } = await send(`${url}/events/revocations/snapshot`, { method: 'GET', headers });
    expect(text.split('\n').filter((line) => line.includes(kid))).toEqual([JSON.stringify(event)]);
    await until(async () => (await copied(cursor)).length === 1);
    const [[, fields]] = (await copied(cursor)) as [[string, string[]]];
    expect(fields).toEqual(Object.entries(event).flat());
  });

  async function copied(cursor: string) {
    const { Redis } = await import('ioredis');
    const client = new Redis(process.env.TEST_REDIS_URL!);
    const entries = await client.xrange(
      `${replicas.here.environment.REDIS_KEY_PREFIX!}revocations`,
      cursor,
      cursor,
    );
    client.disconnect();
    return entries;
  }

  it('leaves a key that signs as it is where it was not that one', async () => {
    const manager = get(TokenKeyManager);
    const { kid } = get(TokenKeyService).current('ES256');
    const next = await manager.create({ algorithm: 'ES256' });
    await get(KeyRevocationService).revoke(next.kid, WHY);
    expect(get(TokenKeyService).current('ES256').kid).toBe(kid);
    expect(await manager.find(next.kid)).toBeUndefined();
    const instead = await manager.create({ algorithm: 'ES256', activeFrom: 'now' });
    await get(KeyRevocationService).revoke(kid, WHY);
    expect(get(TokenKeyService).current('ES256').kid).toBe(instead.kid);
    expect((await manager.list()).map((key) => key.kid)).not.toContain(kid);
  });

  it('is remembered until the longest token has expired', async () => {
    const { kid } = get(TokenKeyService).current('ES256');
    await get(KeyRevocationService).revoke(kid, WHY);
    const revoked = get(RevokedKeyRepository);
    const age = (interval: string) =>
      replicas.here.database.pool.query(
        `UPDATE revoked_key SET revoked_at = clock_timestamp() - $2::interval WHERE kid = $1`,
        [kid, interval],
      );
    await age('24 hours 59 minutes');
    await get(Sweeper).run('revoked keys');
    expect((await revoked.findAll()).map((one) => one.kid)).toContain(kid);
    await age('25 hours 1 minute');
    await get(Sweeper).run('revoked keys');
    expect(await revoked.findByKid(kid)).toBeUndefined();
  });
});
