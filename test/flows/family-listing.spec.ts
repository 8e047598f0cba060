import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClientService } from '../../src/clients/client.service.js';
import { Database } from '../../src/database/database.js';
import { ClientLifecycleService } from '../../src/revocation/client-lifecycle.service.js';
import { RevocationService } from '../../src/revocation/revocation.service.js';
import { UserLifecycleService } from '../../src/revocation/user-lifecycle.service.js';
import { FamilyListing } from '../../src/tokens/families/family-listing.js';
import { type FamilyFilter, type ListedFamily } from '../../src/tokens/families/listed-family.js';
import { age, familyIdOf } from '../support/families.js';
import { fillFamilies } from '../support/many-families.js';
import { firstRefreshToken, refresh } from '../support/oauth.js';
import { CLIENT_SECRET, createUser, registerClient, startApp, type TestApp } from '../support/test-app.js';

const DAY = 86_400;
const CAUSE = { reason: 'admin_request', initiator: 'admin' } as const;

interface Session {
  readonly clientId: string;
  readonly userId: string;
  readonly token: string;
}

describe('the listing of families', () => {
  let service: TestApp;
  let listing: FamilyListing;
  beforeAll(async () => {
    service = await startApp({ PURGE_INTERVAL: '0' });
    listing = service.app.get(FamilyListing);
  });
  afterAll(() => service.stop());

  const begin = async (clientId: string, username: string): Promise<string> =>
    firstRefreshToken(
      service.url,
      { id: clientId, secret: CLIENT_SECRET },
      { username, password: username, scope: '' },
    );
  /** A session of a user and a client that nobody else has. */
  const newSession = async (name: string): Promise<Session> => {
    const userId = await createUser(service, name, name);
    await registerClient(service, { id: name });
    return { clientId: name, userId, token: await begin(name, name) };
  };
  const allPages = async (
    filter: FamilyFilter,
    limit: number,
    between: () => Promise<unknown> = () => Promise.resolve(),
  ): Promise<ListedFamily[]> => {
    const found: ListedFamily[] = [];
    for (let below: string | undefined; ;) {
      const { families, next } = await listing.list(filter, limit, below);
      expect(families.length).toBeLessThanOrEqual(limit);
      found.push(...families);
      if (next === undefined) return found;
      below = next;
      await between();
    }
  };

  const ENDS: [how: string, end: (session: Session) => Promise<unknown>, expected: Partial<ListedFamily>][] =
    [
      ['nothing', () => Promise.resolve(), { status: 'live', ended_by: null }],
      [
        'its revocation',
        ({ token }) =>
          service.app
            .get(Database)
            .transaction((transaction) =>
              service.app.get(RevocationService).revokeFamily(transaction, familyIdOf(token), CAUSE),
            ),
        { status: 'revoked', revocation_reason: 'admin_request' },
      ],
      ['its expiry', ({ token }) => age(service.database.pool, token, DAY + 1), { status: 'expired' }],
      [
        'an absolute lifetime',
        async ({ token, clientId }) => {
          await service.app
            .get(ClientService)
            .change(clientId, { tokenPolicy: { absolute_lifetime: 3_600 } });
          await age(service.database.pool, token, 3_601);
        },
        { status: 'expired' },
      ],
      [
        "its client's deletion",
        ({ clientId }) => service.app.get(ClientLifecycleService).delete(clientId, 'admin'),
        { status: 'ended', ended_by: 'client_deleted', client_name: null },
      ],
      [
        "its client's disabling",
        ({ clientId }) => service.app.get(ClientLifecycleService).disable(clientId, 'admin'),
        { status: 'ended', ended_by: 'client_disabled' },
      ],
      [
        "its client's cutoff",
        ({ clientId }) =>
          service.app
            .get(Database)
            .transaction((transaction) =>
              service.app.get(RevocationService).revokeClient(transaction, clientId, CAUSE),
            ),
        { status: 'ended', ended_by: 'client_tokens_revoked' },
      ],
      [
        "its user's deletion",
        ({ userId }) => service.database.pool.query('DELETE FROM user_account WHERE id = $1', [userId]),
        { status: 'ended', ended_by: 'user_deleted', username: null },
      ],
      [
        "its user's disabling",
        ({ userId }) =>
          service.database.pool.query(`UPDATE user_account SET status = 'disabled' WHERE id = $1`, [userId]),
        { status: 'ended', ended_by: 'user_disabled' },
      ],
      [
        "its user's cutoff, which revokes it",
        ({ userId }) => service.app.get(UserLifecycleService).disable(userId, 'admin'),
        { status: 'revoked', ended_by: 'user_disabled', revocation_reason: 'user_disabled' },
      ],
    ];

  it.each(ENDS)('says what %s makes of a family, and a refresh agrees', async (how, end, expected) => {
    const session = await newSession(how.replaceAll(/\W+/g, '-'));
    await end(session);
    expect(await listing.findById(familyIdOf(session.token))).toMatchObject(expected);
    const [listed] = await allPages({ userId: session.userId, status: expected.status }, 10);
    expect(listed).toMatchObject(expected);
    const { status } = await refresh(service.url, session.token, {
      id: session.clientId,
      secret: CLIENT_SECRET,
    });
    expect(status === 200).toBe(expected.status === 'live');
  });

  it('filters by user and client together, and by age', async () => {
    const one = await newSession('filter-one');
    const two = await newSession('filter-two');
    const both = await begin('filter-one', 'filter-two');
    const ids = async (filter: FamilyFilter) => (await allPages(filter, 2)).map(({ id }) => id);
    expect(await ids({ userId: two.userId })).toEqual([both, two.token].map(familyIdOf));
    expect(await ids({ clientId: 'filter-one' })).toEqual([both, one.token].map(familyIdOf));
    expect(await ids({ clientId: 'filter-one', userId: two.userId })).toEqual([familyIdOf(both)]);
    const inAnHour = new Date(Date.now() + 3_600_000);
    const anHourAgo = new Date(Date.now() - 3_600_000);
    expect(await ids({ userId: one.userId, issuedAfter: anHourAgo, issuedBefore: inAnHour })).toHaveLength(1);
    expect(await ids({ userId: one.userId, issuedAfter: inAnHour })).toEqual([]);
    expect(await ids({ userId: one.userId, issuedBefore: anHourAgo })).toEqual([]);
    expect(await listing.findById('01a00000-0000-7000-8000-000000000000')).toBeUndefined();
  });

  it('gives each family once, and misses none that was there all along, while others come and go', async () => {
    await registerClient(service, { id: 'moving' });
    await createUser(service, 'moving', 'moving');
    await fillFamilies(service.database.pool, { count: 500, users: 50, clientId: 'moving' });
    const there = (await allPages({ clientId: 'moving' }, 100)).map(({ id }) => id);
    expect(there).toHaveLength(500);
    let turn = 0;
    const gone = new Set<string>();
    const disturb = async () => {
      const token = await begin('moving', 'moving');
      await refresh(service.url, token, { id: 'moving', secret: CLIENT_SECRET });
      const [revoked, deleted] = [there[(turn * 37) % 500]!, there[(turn * 53 + 1) % 500]!];
      turn += 1;
      gone.add(deleted);
      await service.database.pool.query('UPDATE token_family SET revoked_at = now() WHERE id = $1', [
        revoked,
      ]);
      await service.database.pool.query('DELETE FROM token_family WHERE id = $1', [deleted]);
    };
    const listed = (await allPages({ clientId: 'moving' }, 7, disturb)).map(({ id }) => id);
    expect(new Set(listed).size).toBe(listed.length);
    expect(listed).toEqual([...listed].sort().reverse());
    expect(there.filter((id) => !gone.has(id) && !listed.includes(id))).toEqual([]);
  });

  it('looks at no more than 1,000 rows for a page, which may come back empty with a cursor', async () => {
    await registerClient(service, { id: 'rare' });
    await fillFamilies(service.database.pool, {
      count: 3_500,
      users: 10,
      clientId: 'rare',
      revokedOneIn: 2_000,
    });
    const first = await listing.list({ clientId: 'rare', status: 'revoked' }, 10);
    expect(first.families).toEqual([]);
    expect(first.next).toBeDefined();
    expect(await allPages({ clientId: 'rare', status: 'revoked' }, 10)).toHaveLength(1);
    expect(await allPages({ clientId: 'rare', status: 'live' }, 100)).toHaveLength(3_499);
    expect(await allPages({ clientId: 'rare', status: 'expired' }, 100)).toEqual([]);
  });

  it('counts live families up to a bound, and those that a shorter life would end', async () => {
    await registerClient(service, { id: 'counted' });
    await fillFamilies(service.database.pool, {
      count: 1_000,
      users: 10,
      clientId: 'counted',
      revokedOneIn: 10,
    });
    expect(await listing.countLive('counted', 5_000, 0)).toEqual({ scanned: 1_000, live: 900, would_end: 0 });
    expect(await listing.countLive('counted', 100, 0)).toEqual({ scanned: 100, live: 90, would_end: 0 });
    const { would_end: half } = await listing.countLive('counted', 5_000, 15 * DAY);
    expect(half).toBeGreaterThan(400);
    expect(half).toBeLessThan(500);
    expect(await listing.countLive('nobody', 100, 0)).toEqual({ scanned: 0, live: 0, would_end: 0 });
  });

  it('says that everybody’s cutoff ended what was issued before it, and nothing after', async () => {
    const session = await newSession('everybody');
    await service.app
      .get(Database)
      .transaction((transaction) => service.app.get(RevocationService).revokeEverybody(transaction, CAUSE));
    const later = await begin('everybody', 'everybody');
    expect(await listing.findById(familyIdOf(session.token))).toMatchObject({
      status: 'ended',
      ended_by: 'all_tokens_revoked',
    });
    expect(await listing.findById(familyIdOf(later))).toMatchObject({ status: 'live', ended_by: null });
  });
});
