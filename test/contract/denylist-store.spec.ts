import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { type RedisConfig } from '../../src/config/redis.config.js';
import { RedisConnection } from '../../src/redis/redis.connection.js';
import { type DenylistStore } from '../../src/revocation/denylist/denylist-store.js';
import { MemoryDenylistStore } from '../../src/revocation/denylist/memory-denylist.store.js';
import { RedisDenylistStore } from '../../src/revocation/denylist/redis-denylist.store.js';
import { REDIS_MODES, type RedisServers } from '../support/redis-modes.js';
import { until } from '../support/until.js';

describe.each(['memory', 'standalone', 'sentinel', 'cluster'] as const)('DenylistStore on %s', (kind) => {
  let servers: RedisServers | undefined;
  let connection: RedisConnection | undefined;
  let store: DenylistStore;
  beforeAll(async () => {
    if (kind === 'memory') {
      store = new MemoryDenylistStore();
      return;
    }
    servers = await REDIS_MODES[kind]();
    connection = new RedisConnection({ ...settingsOf(kind, servers.urls), timeoutMs: 2_000 });
    store = new RedisDenylistStore(connection);
    await until(() => store.identity !== undefined);
  }, 120_000);
  afterAll(async () => {
    connection?.onApplicationShutdown();
    await servers?.stop();
  });

  it('has no lease and no entries at first', async () => {
    expect(await store.read(['jti:nobody'])).toEqual({ lease: undefined, issuedUpTo: [] });
    expect(store.identity).toMatch(/^[\da-f-]{36,40}$/);
  });

  it('reads only what is asked for, and the lease with it', async () => {
    await store.write([
      { key: 'jti:a', issuedUpTo: 1 },
      { key: 'user:b', issuedUpTo: 2 },
    ]);
    await store.setLease('server 1 ready', (await store.now()) + 60_000);
    const reading = await store.read(['user:b', 'client:c', 'jti:a']);
    expect(reading).toEqual({ lease: 'server 1 ready', issuedUpTo: [2, 1] });
  });

  it('answers each of a crowd what it asked, in common or not', async () => {
    const listed = Array.from({ length: 25 }, (_, index) => ({
      key: `jti:of-${index * 4}`,
      issuedUpTo: index,
    }));
    await store.write([...listed, { key: 'client:common', issuedUpTo: 1_000 }]);
    await store.setLease('server crowd', (await store.now()) + 60_000);
    const readings = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        store.read([`jti:of-${index}`, 'client:common', 'everybody']),
      ),
    );
    expect(readings).toEqual(
      readings.map((_, index) => ({
        lease: 'server crowd',
        issuedUpTo: index % 4 === 0 ? [index / 4, 1_000] : [1_000],
      })),
    );
  });

  it('keeps the later of two cutoffs, in whatever order they come', async () => {
    await store.write([{ key: 'client:x', issuedUpTo: 200 }]);
    await store.write([{ key: 'client:x', issuedUpTo: 100 }]);
    expect((await store.read(['client:x'])).issuedUpTo).toEqual([200]);
    await store.write([{ key: 'client:x', issuedUpTo: Number.MAX_SAFE_INTEGER }]);
    expect((await store.read(['client:x'])).issuedUpTo).toEqual([Number.MAX_SAFE_INTEGER]);
  });

  it('answers a write with the lease as it stands', async () => {
    await store.setLease('server 2 building', (await store.now()) + 60_000);
    expect(await store.write([{ key: 'jti:z', issuedUpTo: 1 }])).toBe('server 2 building');
  });

  it('replaces a lease by compare-and-set only', async () => {
    const deadline = (await store.now()) + 60_000;
    await store.setLease('server 3 building', deadline);
    expect(await store.replaceLease('server 2 building', 'stolen', deadline)).toBe(false);
    expect(await store.replaceLease('server 3 building', 'server 3 ready', deadline)).toBe(true);
    expect((await store.read([])).lease).toBe('server 3 ready');
  });

  it('forgets the lease at its deadline, and at once when the deadline has passed already', async () => {
    await store.setLease('short', (await store.now()) + 100);
    await until(async () => (await store.read([])).lease === undefined);
    await store.setLease('late', (await store.now()) + 60_000);
    await store.setLease('later', 1);
    expect((await store.read([])).lease).toBeUndefined();
  });
});

function settingsOf(mode: RedisConfig['mode'], urls: string) {
  return {
    mode,
    urls: urls.split(','),
    sentinelMaster: 'mymaster',
    sentinelPassword: '',
    keyPrefix: `${randomUUID()}:`,
    timeoutMs: 50,
    problems: () => [],
  };
}
