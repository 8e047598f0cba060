import { describe, expect, it } from '@jest/globals';
import { activeKey, planKeys, type ScheduledKey, type ScheduleSettings } from './key-schedule.js';

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

  it('finds none before the first, or of an algorithm that has none', () => {
    expect(activeKey(at(-1), 'ES256', keys)).toBeUndefined();
    expect(activeKey(at(0), 'EdDSA', keys)).toBeUndefined();
  });
});
