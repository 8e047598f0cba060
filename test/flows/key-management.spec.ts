import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { Clock } from '../../src/common/clock.js';
import { type ManagedKey, TokenKeyManager } from '../../src/tokens/keys/token-key.manager.js';
import { TokenKeyService } from '../../src/tokens/keys/token-key.service.js';
import { send } from '../support/http.js';
import { signIn } from '../support/oauth.js';
import { startApp, type TestApp } from '../support/test-app.js';
import { createDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

const DAY = 86_400;
/** Of a signing key, and how long before it the next is published; so the JWKS is cached for 5 minutes. */
const [LIFETIME, AHEAD, CACHED] = [30 * DAY, 2 * DAY, 300];

type State = ManagedKey['state'];

describe('keys that an admin manages, on two replicas', () => {
  let database: TestDatabase;
  let replicas: TestApp[];
  let start: number;
  beforeEach(async () => {
    database = await createDatabase();
    const shared = {
      REGRANT_KEYS: `1:${'k'.repeat(43)}`,
      REDIS_KEY_PREFIX: `${database.url.slice(-12)}:`,
      SIGNING_KEY_LIFETIME: String(LIFETIME),
      SIGNING_KEY_PUBLISH_AHEAD: String(AHEAD),
      ACCESS_TOKEN_LIFETIME: String(DAY),
    };
    replicas = [await startApp(shared, database), await startApp(shared, database)];
    start = Date.now();
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    for (const replica of replicas) await replica.stop();
    await database.drop();
  });

  const manager = (index = 0) => replicas[index]!.app.get(TokenKeyManager);
  const at = (seconds: number) => new Date(start + seconds * 1000);
  /** Sets the clocks, and does what every replica does every few seconds. */
  async function travelTo(seconds: number): Promise<void> {
    for (const { app } of replicas) {
      jest.spyOn(app.get(Clock), 'now').mockReturnValue(at(seconds));
      await app.get(TokenKeyService).followSchedule();
    }
  }
  const publishedBy = async (index: number): Promise<string[]> => {
    const { body } = await send(`${replicas[index]!.url}/oauth2/jwks`, { method: 'GET' });
    return (body as unknown as { keys: { kid: string }[] }).keys.map(({ kid }) => kid).sort();
  };
  const everywhere = (kids: string[]) =>
    until(async () => {
      const published = await Promise.all([publishedBy(0), publishedBy(1)]);
      return published.every((one) => one.join() === [...kids].sort().join());
    });
  /** Signs in, and has a relying party of the other replica verify the access token. @returns its key */
  async function signedAt(index: number): Promise<string> {
    const token = (await signIn(replicas[index]!.url)).body.access_token!;
    const url = new URL(`${replicas[1 - index]!.url}/oauth2/jwks`);
    const { app } = replicas[index]!;
    await jwtVerify(token, createRemoteJWKSet(url), { currentDate: app.get(Clock).now() });
    return decodeProtectedHeader(token).kid!;
  }
  const signed = async () => [await signedAt(0), await signedAt(1)];
  const states = async (index = 0): Promise<Record<string, State>> => {
    const keys = await manager(index).list();
    const signing = keys.filter(({ algorithm }) => algorithm === 'ES256');
    return Object.fromEntries(signing.map(({ kid, state }) => [kid, state]));
  };
  const first = async (): Promise<string> => Object.keys(await states())[0]!;

  it('publishes a key at once, and has it sign once no cache lacks it', async () => {
    const old = await first();
    await travelTo(0);
    const made = await manager().create({ algorithm: 'ES256' });
    expect(made).toMatchObject({ state: 'next', activeFrom: at(AHEAD) });
    await everywhere([old, made.kid]);
    expect(await signed()).toEqual([old, old]);
    await travelTo(AHEAD - 1);
    expect(await signed()).toEqual([old, old]);
    await travelTo(AHEAD);
    expect(await signed()).toEqual([made.kid, made.kid]);
    expect(await states(1)).toEqual({ [old]: 'retired', [made.kid]: 'active' });
    await travelTo(AHEAD + DAY + 1);
    await everywhere([made.kid]);
  });

  it('has a key sign at once where it is told to, on this replica before it says so', async () => {
    const old = await first();
    await travelTo(60);
    const made = await manager().create({ algorithm: 'ES256', activeFrom: 'now' });
    expect(await signedAt(0)).toBe(made.kid);
    await everywhere([old, made.kid]);
    expect(await signedAt(1)).toBe(made.kid);
  });

  it('has a key sign from a time on, and tells until when the one before it does', async () => {
    const old = await first();
    const made = await manager().create({ algorithm: 'ES256', activeFrom: at(3_600) });
    expect(await manager(1).find(old)).toMatchObject({
      state: 'active',
      retireAt: at(3_600),
      removeAt: at(3_600 + DAY),
    });
    await travelTo(3_599);
    expect(await signed()).toEqual([old, old]);
    await travelTo(3_600);
    expect(await signed()).toEqual([made.kid, made.kid]);
    expect(await manager().find(made.kid)).toMatchObject({ state: 'active', retireAt: undefined });
  });

  it('lets no key retire without another that every cache has', async () => {
    const old = await first();
    await expect(manager().retire(old)).rejects.toMatchObject({ status: 409 });
    await travelTo(0);
    const made = await manager().create({ algorithm: 'ES256' });
    await travelTo(CACHED - 1);
    await expect(manager().retire(old)).rejects.toMatchObject({ status: 409 });
    await expect(manager().retire(made.kid)).rejects.toMatchObject({ status: 409 });
    expect(await signed()).toEqual([old, old]);
    await travelTo(CACHED);
    expect(await manager().retire(old)).toMatchObject({ state: 'retired', retireAt: at(CACHED) });
    expect(await signedAt(0)).toBe(made.kid);
    await until(async () => (await signedAt(1)) === made.kid);
    await everywhere([old, made.kid]);
    expect(await manager().retire(old)).toMatchObject({ state: 'retired', retireAt: at(CACHED) });
    expect(await manager().retire('unknown')).toBeUndefined();
  });

  it('hands over once when both replicas are told to', async () => {
    const old = await first();
    await travelTo(0);
    const made = await manager().create({ algorithm: 'ES256' });
    const later = await manager().create({ algorithm: 'ES256', activeFrom: at(AHEAD + 60) });
    await travelTo(CACHED);
    await Promise.all([0, 1, 0, 1].map((index) => manager(index).retire(old)));
    expect(await states()).toEqual({ [old]: 'retired', [made.kid]: 'active', [later.kid]: 'next' });
  });

  it('removes a key that has not signed, and none that may have', async () => {
    const old = await first();
    await travelTo(0);
    const made = await manager().create({ algorithm: 'ES256' });
    const soon = await manager().create({ algorithm: 'ES256', activeFrom: at(59) });
    await everywhere([old, made.kid, soon.kid]);
    for (const kid of [old, soon.kid])
      await expect(manager().cancel(kid)).rejects.toMatchObject({ status: 409 });
    const removed = await Promise.all([0, 1].map((index) => manager(index).cancel(made.kid)));
    expect(removed.sort()).toEqual([false, true]);
    await everywhere([old, soon.kid]);
    expect(await manager().find(made.kid)).toBeUndefined();
  });

  it('goes on with the schedule around all of this', async () => {
    const old = await first();
    await travelTo(LIFETIME - AHEAD + 60);
    const [planned] = Object.keys(await states()).filter((kid) => kid !== old);
    await manager().cancel(planned!);
    await travelTo(LIFETIME - AHEAD + 120);
    const [again] = Object.keys(await states()).filter((kid) => kid !== old);
    expect(again).not.toBe(planned);
    await travelTo(LIFETIME + 120);
    expect(await signed()).toEqual([again, again]);
  });

  it('keeps the JWKS from growing without end', async () => {
    for (let count = 1; count < 20; count += 1) await manager().create({ algorithm: 'ES256' });
    await expect(manager().create({ algorithm: 'ES256' })).rejects.toMatchObject({ status: 409 });
    expect((await manager().create({ algorithm: 'A256CBC-HS512' })).publicJwk).toBeNull();
  });

  it('shows nothing private', async () => {
    await manager().create({ algorithm: 'A256CBC-HS512' });
    for (const { publicJwk, ...key } of await manager().list()) {
      expect(Object.keys(key).sort()).toEqual(
        ['activeFrom', 'algorithm', 'createdAt', 'kid', 'removeAt', 'retireAt', 'state'].sort(),
      );
      expect(Object.keys(publicJwk ?? {})).not.toContain('d');
    }
  });
});
