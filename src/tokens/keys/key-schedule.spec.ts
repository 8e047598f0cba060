import { describe, expect, it } from '@jest/globals';
import {
  activeKey,
  lifeOf,
  mayHaveBegun,
  planKeys,
  type ScheduledKey,
  type ScheduleSettings,
} from './key-schedule.js';

const START = new Date('2026-01-01T00:00:00Z');
const at = (seconds: number): Date => new Date(START.getTime() + seconds * 1000);
const SETTINGS: ScheduleSettings = { lifetime: 1000, publishAhead: 100, retention: 50 };

const key = (
  kid: string,
  activeFrom: number,
  algorithm: ScheduledKey['algorithm'] = 'ES256',
): ScheduledKey => ({
  kid,
  algorithm,
  activeFrom: at(activeFrom),
});
/** Numbers from 0 to 1 that are the same each time. */
function lehmer(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

const plan = (seconds: number, keys: ScheduledKey[], algorithms: ScheduledKey['algorithm'][] = ['ES256']) =>
  planKeys(at(seconds), algorithms, keys, SETTINGS);

describe('planKeys', () => {
  it('makes a first key of each algorithm, which signs at once', () => {
    expect(plan(0, [], ['ES256', 'RS256'])).toEqual({
      create: [
        { algorithm: 'ES256', activeFrom: at(0) },
        { algorithm: 'RS256', activeFrom: at(0) },
      ],
      remove: [],
    });
  });

  it.each([0, 500, 899.999])('leaves a young key alone, %d s into its life', (seconds) => {
    expect(plan(seconds, [key('a', 0)])).toEqual({ create: [], remove: [] });
  });

  it.each([900, 950])(
    'publishes the next key ahead, %d s in, to sign no sooner than publishAhead from now',
    (seconds) => {
      const activeFrom = at(Math.max(1000, seconds + 100));
      expect(plan(seconds, [key('a', 0)])).toEqual({
        create: [{ algorithm: 'ES256', activeFrom }],
        remove: [],
      });
    },
  );

  it('publishes ahead even when the service was stopped past the due date', () => {
    expect(plan(5000, [key('a', 0)]).create).toEqual([{ algorithm: 'ES256', activeFrom: at(5100) }]);
  });

  it('makes no further key while the next one is waiting', () => {
    expect(plan(950, [key('a', 0), key('b', 1000)]).create).toEqual([]);
  });

  it.each<[number, string[]]>([
    [999, []],
    [1000, []],
    [1050, []],
    [1050.001, ['a']],
  ])('keeps the old key until its last token is dead: at %d s it removes %j', (seconds, remove) => {
    expect(plan(seconds, [key('b', 1000), key('a', 0)]).remove).toEqual(remove);
  });

  it('never removes the newest key', () => {
    expect(plan(1_000_000, [key('a', 0)]).remove).toEqual([]);
  });

  it('lets keys of another algorithm be', () => {
    const keys = [key('a', 0), key('b', 2000, 'RS256')];
    expect(plan(2100, keys, ['ES256', 'RS256']).remove).toEqual([]);
  });

  it('keeps the key of an algorithm that was dropped, and makes no next', () => {
    expect(plan(5000, [key('a', 0, 'RS256'), key('b', 4500)])).toEqual({ create: [], remove: [] });
  });
});

describe('planKeys beside keys that an admin has made', () => {
  it.each([
    ['before the due date', 950, 970],
    ['at it', 950, 1000],
    ['after it, but no later than one that is made now', 950, 1049],
  ])('makes none where one takes over %s', (_when, now, from) => {
    expect(plan(now, [key('a', 0), key('manual', from)]).create).toEqual([]);
  });

  it('makes one in time where the manual one comes too late', () => {
    const keys = [key('a', 0), key('manual', 50_000)];
    expect(plan(899, keys).create).toEqual([]);
    expect(plan(900, keys).create).toEqual([{ algorithm: 'ES256', activeFrom: at(1000) }]);
    expect(plan(950, [...keys, key('b', 1000)]).create).toEqual([]);
  });

  it('counts the lifetime from the manual one once that signs', () => {
    const keys = [key('a', 0), key('manual', 400)];
    expect(plan(950, keys).create).toEqual([]);
    expect(plan(1300, keys).create).toEqual([{ algorithm: 'ES256', activeFrom: at(1400) }]);
  });

  it('makes one that signs at once where the only one signs later, but not for what clocks differ by', () => {
    expect(plan(0, [key('manual', 5000)]).create).toEqual([{ algorithm: 'ES256', activeFrom: at(0) }]);
    expect(plan(0, [key('of-a-replica-ahead', 30)]).create).toEqual([]);
  });
});

describe('a schedule with an admin who does at random what can be done', () => {
  it.each([1, 2, 3, 4, 5])('always has a key that signs, and few of them (seed %d)', (seed) => {
    const random = lehmer(seed);
    let keys: ScheduledKey[] = [];
    for (let now = 0; now <= 20_000; now += 20) {
      const { create, remove } = plan(now, keys);
      keys = keys.filter(({ kid }) => !remove.includes(kid));
      keys.push(...create.map((made, index) => ({ kid: `${now}-${index}`, ...made })));
      if (random() < 0.04) keys = [...keys, key(`manual-${now}`, now + Math.floor(random() * 3000))];
      if (random() < 0.04) keys = keys.filter((one) => one.activeFrom <= at(now) || random() < 0.5);
      if (random() < 0.04) {
        const revoked = activeKey(at(now), 'ES256', keys);
        keys = [...keys.filter((one) => one !== revoked), key(`instead-${now}`, now)];
      }
      const states = keys.map((one) => lifeOf(at(now), one, keys, SETTINGS.retention).state);
      expect(states.filter((state) => state === 'active')).toHaveLength(1);
      const active = activeKey(at(now), 'ES256', keys)!;
      expect(active.activeFrom <= at(now)).toBe(true);
      expect(at(now).getTime() - active.activeFrom.getTime()).toBeLessThanOrEqual(
        (SETTINGS.lifetime + SETTINGS.publishAhead) * 1000,
      );
      expect(keys.length).toBeLessThan(60);
    }
  });
});

describe('lifeOf', () => {
  const keys = [key('a', 0), key('b', 1000), key('c', 2000), key('other', 1500, 'RS256')];
  const life = (seconds: number, index: number) => lifeOf(at(seconds), keys[index]!, keys, 50);

  it('tells what signs, what signed and what will, and until when', () => {
    expect([0, 1, 2].map((index) => life(1200, index))).toEqual([
      { state: 'retired', retireAt: at(1000), removeAt: at(1050) },
      { state: 'active', retireAt: at(2000), removeAt: at(2050) },
      { state: 'next', retireAt: undefined, removeAt: undefined },
    ]);
  });

  it('goes by the keys of the same algorithm', () => {
    expect(life(1600, 3)).toEqual({ state: 'active', retireAt: undefined, removeAt: undefined });
  });
});

describe('mayHaveBegun', () => {
  it.each([
    [0, true],
    [60, true],
    [60.001, false],
  ])('of a key that is to begin in %d s is %s', (seconds, answer) => {
    expect(mayHaveBegun(START, key('a', seconds))).toBe(answer);
  });
});

describe('a schedule followed for ten lifetimes', () => {
  it('never leaves a moment without a key that signs, nor one that signs unannounced', () => {
    let keys: ScheduledKey[] = [];
    const firstSeen = new Map<string, number>();
    for (let now = 0; now <= 10_000; now += 5) {
      const { create, remove } = plan(now, keys);
      keys = keys.filter(({ kid }) => !remove.includes(kid));
      keys.push(...create.map((made, index) => ({ kid: `${now}-${index}`, ...made })));
      for (const { kid } of keys) if (!firstSeen.has(kid)) firstSeen.set(kid, now);
      const signing = activeKey(at(now), 'ES256', keys);
      expect(signing).toBeDefined();
      const seen = firstSeen.get(signing?.kid ?? '') ?? NaN;
      expect(seen === 0 || now - seen >= SETTINGS.publishAhead).toBe(true);
      expect(keys.length).toBeLessThanOrEqual(2);
    }
    expect(firstSeen.size).toBeGreaterThanOrEqual(10);
  });
});

describe('activeKey', () => {
  const keys = [key('next', 1000), key('first', 0), key('other', 500, 'RS256')];

  it.each([
    [0, 'first'],
    [999.999, 'first'],
    [1000, 'next'],
    [9999, 'next'],
  ])('changes over when the next key is due: at %d s %s signs', (seconds, kid) => {
    expect(activeKey(at(seconds), 'ES256', keys)?.kid).toBe(kid);
  });

  it('finds none of an algorithm that has none', () => {
    expect(activeKey(at(0), 'EdDSA', keys)).toBeUndefined();
  });

  it('takes the first for begun where another replica, whose clock is ahead, has made it', () => {
    expect(activeKey(at(-1), 'ES256', keys)?.kid).toBe('first');
  });
});
