import { describe, expect, it } from '@jest/globals';
import { RandomSource } from '../../common/random-source.js';
import { formatUserCode, newUserCode, parseUserCode } from './user-code.js';

describe('user codes', () => {
  it('are 8 letters without vowels, and no two are alike', () => {
    const codes = Array.from({ length: 200 }, () => newUserCode(new RandomSource()));
    for (const code of codes) expect(code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{8}$/);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('skip bytes that would make some letters likelier', () => {
    const bytes = [255, 240, 0, 19, 20, 39, 239, 1, 2, 3];
    const random = { bytes: () => Buffer.of(bytes.shift()!) } as unknown as RandomSource;
    expect(newUserCode(random)).toBe('BZBZZCDF');
  });

  it('are shown in two groups', () => {
    expect(formatUserCode('WDJBMJHT')).toBe('WDJB-MJHT');
  });

  it.each(['WDJB-MJHT', 'wdjbmjht', ' wdjb mjht ', 'W.D.J.B–M.J.H.T'])('are read as typed: %s', (typed) => {
    expect(parseUserCode(typed)).toBe('WDJBMJHT');
  });

  it.each(['', 'WDJB', 'WDJB-MJHA', 'WDJB-MJH1', 'WDJB-MJHTT', 'ẞẞẞẞẞẞẞẞ'])('are not made of %p', (typed) => {
    expect(parseUserCode(typed)).toBeUndefined();
  });
});
