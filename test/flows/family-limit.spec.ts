import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClientService } from '../../src/clients/client.service.js';
import { age, countEvents, familyIdOf, familyRow } from '../support/families.js';
import { DEMO, firstRefreshToken, refresh } from '../support/oauth.js';
import { CLIENT_SECRET, createUser, registerClient, startApp, type TestApp } from '../support/test-app.js';

const LIMITED = { id: 'limited', secret: CLIENT_SECRET };

describe('max_families_per_user', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp();
    await registerClient(service, { id: LIMITED.id, tokenPolicy: { max_families_per_user: 3 } });
  });
  afterAll(() => service.stop());

  const signInAs = async (username: string, client = LIMITED): Promise<string> =>
    firstRefreshToken(service.url, client, { username, password: username, scope: '' });
  const newUser = (username: string): Promise<string> => createUser(service, username, username);
  const liveFamilies = async (userId: string): Promise<string[]> => {
    const { rows } = await service.database.pool.query<{ id: string }>(
      'SELECT id FROM token_family WHERE user_id = $1 AND revoked_at IS NULL ORDER BY issued_at, id',
      [userId],
    );
    return rows.map(({ id }) => id);
  };
  const isLive = async (token: string): Promise<boolean> =>
    (await familyRow(service.database.pool, token))!.revoked_at === null;

  it('revokes the oldest family, with one event, and the others work on (L5)', async () => {
    await newUser('ann');
    const tokens = [];
    for (let index = 0; index < 4; index += 1) tokens.push(await signInAs('ann'));
    expect(await Promise.all(tokens.map(isLive))).toEqual([false, true, true, true]);
    const events = await Promise.all(tokens.map((token) => countEvents(service.database.pool, token)));
    expect(events).toEqual([1, 0, 0, 0]);
    expect(await familyRow(service.database.pool, tokens[0]!)).toMatchObject({
      revocation_reason: 'max_families_per_user',
    });
    const statuses = [];
    for (const token of tokens) statuses.push((await refresh(service.url, token, LIMITED)).status);
    expect(statuses).toEqual([400, 200, 200, 200]);
  });

  /** Keeps each transaction open when it is about to commit, so that concurrent sign-ins do overlap. */
  const slowInserts = (): Promise<unknown> =>
    service.database.pool.query(`
      CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_sleep(0.05); RETURN NULL; END';
      CREATE CONSTRAINT TRIGGER linger AFTER INSERT ON token_family
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION linger()`);
  const fastInserts = (): Promise<unknown> => service.database.pool.query('DROP FUNCTION linger CASCADE');

  it('leaves exactly 3 live families after 20 concurrent sign-ins, and one event for each other', async () => {
    const bob = await newUser('bob');
    await slowInserts();
    const tokens = await Promise.all(Array.from({ length: 20 }, () => signInAs('bob')));
    await fastInserts();
    const live = await liveFamilies(bob);
    expect(live).toHaveLength(3);
    const { rows } = await service.database.pool.query<{ session_id: string; initiator: string }>(
      'SELECT session_id, initiator FROM revocation_event WHERE subject = $1',
      [bob],
    );
    const revoked = tokens.map(familyIdOf).filter((id) => !live.includes(id));
    expect(rows.map(({ session_id }) => session_id).sort()).toEqual(revoked.sort());
    expect(new Set(rows.map(({ initiator }) => initiator))).toEqual(new Set(['policy']));
  });

  it('counts each user and each client apart', async () => {
    await newUser('cat');
    await newUser('dan');
    const tokens = [await signInAs('cat'), await signInAs('cat'), await signInAs('cat')];
    for (let index = 0; index < 3; index += 1) {
      await signInAs('dan');
      await firstRefreshToken(service.url, DEMO, { username: 'cat', password: 'cat' });
    }
    expect(await Promise.all(tokens.map(isLive))).toEqual([true, true, true]);
  });

  it('does not count a family that has expired', async () => {
    await newUser('eve');
    const tokens = [await signInAs('eve'), await signInAs('eve'), await signInAs('eve')];
    await age(service.database.pool, tokens[2]!, 86_401);
    await signInAs('eve');
    expect(await Promise.all(tokens.slice(0, 2).map(isLive))).toEqual([true, true]);
  });

  it('made smaller revokes all the surplus at the next sign-in', async () => {
    const fay = await newUser('fay');
    await registerClient(service, { id: 'shrinking', tokenPolicy: { max_families_per_user: 5 } });
    const client = { id: 'shrinking', secret: CLIENT_SECRET };
    const tokens = [];
    for (let index = 0; index < 5; index += 1) tokens.push(await signInAs('fay', client));
    await service.app.get(ClientService).change('shrinking', { tokenPolicy: { max_families_per_user: 2 } });
    const latest = await signInAs('fay', client);
    expect(await liveFamilies(fay)).toEqual([tokens[4]!, latest].map(familyIdOf));
  });
});
