import { describe, expect, it } from '@jest/globals';
import { ScopeSet } from './scope-set.js';

describe('ScopeSet', () => {
  it('reads tokens in their order, each once', () => {
    expect(ScopeSet.parse('write read write').values).toEqual(['write', 'read']);
    expect(ScopeSet.parse('write read write').toString()).toBe('write read');
  });

  it.each(['!', '#', '[', ']', '~', 'https://api.example/read', 'a:b.c/d-e_f'])(
    'takes %s for a token',
    (token) => {
      expect(ScopeSet.parse(token).values).toEqual([token]);
      expect(ScopeSet.isScopeToken(token)).toBe(true);
    },
  );

  it.each(['', ' ', ' read', 'read ', 'a  b', 'a\tb', 'a\nb', 'a"b', 'a\\b', 'ä', 'a\u007F', 'a\0'])(
    'refuses the malformed scope %j as invalid_scope',
    (parameter) => {
      expect(() => ScopeSet.parse(parameter)).toThrow(
        expect.objectContaining({ status: 400, error: 'invalid_scope' }),
      );
    },
  );

  it.each<[string, string[], string[], boolean]>([
    ['a subset', ['a'], ['a', 'b'], true],
    ['the same members in another order', ['b', 'a'], ['a', 'b'], true],
    ['the empty set', [], ['a'], true],
    ['a wider set', ['a', 'b', 'c'], ['a', 'b'], false],
    ['a token that differs in case', ['A'], ['a'], false],
    ['a token that is a prefix', ['read'], ['read:all'], false],
  ])('says whether %s is within', (_case, inner, outer, within) => {
    expect(ScopeSet.of(inner).isWithin(ScopeSet.of(outer))).toBe(within);
  });

  it('intersects in its own order, without changing either set', () => {
    const left = ScopeSet.of(['c', 'b', 'a']);
    const right = ScopeSet.of(['a', 'c']);
    expect(left.intersect(right).values).toEqual(['c', 'a']);
    expect([left.values, right.values]).toEqual([
      ['c', 'b', 'a'],
      ['a', 'c'],
    ]);
  });

  it('knows that it is empty', () => {
    expect([ScopeSet.empty.isEmpty, ScopeSet.of(['a']).isEmpty]).toEqual([true, false]);
    expect(ScopeSet.empty.toString()).toBe('');
  });
});
