import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type UserFilter, UserRepository } from '../../src/users/user.repository.js';
import { UserService } from '../../src/users/user.service.js';
import { UserProfiles } from '../../src/users/user-profiles.js';
import { createUser, startApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

let service: TestApp;
let replica: TestApp;
let users: UserService;
beforeAll(async () => {
  service = await startApp({ DEMO_ACCOUNTS: 'false' });
  const { REGRANT_KEYS, REDIS_KEY_PREFIX } = service.environment;
  const shared = { DEMO_ACCOUNTS: 'false', REGRANT_KEYS, REDIS_KEY_PREFIX };
  replica = await startApp(shared, service.database);
  users = service.app.get(UserService);
});
afterAll(async () => {
  await replica.stop();
  await service.stop();
});

const list = (filter: UserFilter, below?: string, limit = 100) =>
  service.app.get(UserRepository).list(filter, below, limit);

describe('a list of users', () => {
  const namesOf = async (filter: UserFilter) => (await list(filter)).map(({ username }) => username);

  it('has the newest first, and finds them by the start of the name, the address and the status', async () => {
    await users.create({ username: 'Filter-One', email: 'One@Example.com' });
    await users.create({ username: 'filter-two', email: 'two@example.com', status: 'disabled' });
    await users.create({ username: 'filter_%', email: 'one@example.com' });
    await users.create({ username: 'another-filter' });
    expect(await namesOf({ usernamePrefix: 'FILTER' })).toEqual(['filter_%', 'filter-two', 'Filter-One']);
    expect(await namesOf({ usernamePrefix: 'filter_' })).toEqual(['filter_%']);
    expect(await namesOf({ usernamePrefix: 'filter%' })).toEqual([]);
    expect(await namesOf({ email: 'ONE@example.com' })).toEqual(['filter_%', 'Filter-One']);
    expect(await namesOf({ email: 'ONE@example.com', usernamePrefix: 'filter-' })).toEqual(['Filter-One']);
    expect(await namesOf({ status: 'disabled' })).toEqual(['filter-two']);
  });

  it('shows each user once who is there all along, while others come and go', async () => {
    const staying: string[] = [];
    for (let index = 0; index < 30; index += 1)
      staying.push(await createUser(service, `stays-${index}`, 'x'));
    const leaving: string[] = [];
    for (let index = 0; index < 10; index += 1)
      leaving.push(await createUser(service, `leaves-${index}`, 'x'));
    const shown: string[] = [];
    let below: string | undefined;
    for (let page = 0; ; page += 1) {
      const found = await list({}, below, 7);
      shown.push(...found.map(({ id }) => id));
      below = found.at(-1)?.id;
      if (found.length < 7) break;
      await createUser(service, `comes-${page}`, 'x');
      await service.database.pool.query('DELETE FROM user_account WHERE id = $1', [leaving[page]]);
    }
    expect(new Set(shown).size).toBe(shown.length);
    expect(shown.filter((id) => staying.includes(id))).toEqual(staying.reverse());
  });

  it('is found by an index, whatever the order of the database', async () => {
    const { pool } = service.database;
    const client = await pool.connect();
    const plan = async (condition: string) => {
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN SELECT 1 FROM user_account WHERE ${condition}`,
      );
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    };
    try {
      await client.query('SET enable_seqscan = off');
      expect(await plan(`lower(username) COLLATE "C" ^@ lower('ann')`)).toContain(
        'user_account_username_prefix',
      );
      expect(await plan(`lower(email) = lower('ann@example.com')`)).toContain('user_account_email');
    } finally {
      client.release(true);
    }
  });
});

describe('a user', () => {
  it('has a name that is one whatever its case and however its characters are composed', async () => {
    expect(await users.create({ username: 'zo\u00eb' })).toBeDefined();
    expect(await users.create({ username: 'ZOe\u0308' })).toBeUndefined();
    expect(await users.findByUsername('Zoe\u0308')).toMatchObject({ username: 'zo\u00eb' });
  });

  it('does not get the name of another', async () => {
    await users.create({ username: 'has-it' });
    const id = (await users.create({ username: 'wants-it' }))!;
    await expect(users.change(id, { username: 'HAS-IT' })).rejects.toMatchObject({
      name: 'UsernameTakenError',
    });
    expect(await users.change(id, { username: 'Wants-It' })).toBe(true);
  });

  it('is refused with all that is wrong, and nothing is changed', async () => {
    const id = (await users.create({ username: 'sound' }))!;
    const unsound = {
      username: '',
      email: 'x',
      claims: { email_verified: 'yes', iss: 'me', middle_name: null },
    };
    const fields = ['username', 'email', 'claims/email_verified', 'claims/iss', 'claims/middle_name'];
    for (const attempt of [() => users.create(unsound), async () => users.change(id, unsound)]) {
      const error = await attempt().then(
        () => undefined,
        (thrown: unknown) => thrown as { problems: { field: string }[] },
      );
      expect(error?.problems.map(({ field }) => field)).toEqual(fields);
    }
    expect(await users.findByUsername('sound')).toMatchObject({ id, email: null, claims: {} });
  });

  it('goes by a changed name on every replica at once', async () => {
    const id = (await users.create({ username: 'before' }))!;
    const nameOn = async ({ app }: TestApp) => (await app.get(UserProfiles).find(id))?.username;
    expect(await Promise.all([service, replica].map(nameOn))).toEqual(['before', 'before']);
    await users.change(id, { username: 'after' });
    expect(await nameOn(service)).toBe('after');
    await until(async () => (await nameOn(replica)) === 'after');
  });
});
