import { describe, expect, it } from '@jest/globals';
import { type GraceRule, judgePresentation } from './judge-presentation.js';
import { type FamilyState, type Presentation } from './token-family.js';

const NOW = new Date('2026-01-01T12:00:00Z');
const ago = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1000);
const hash = (byte: number): Buffer => Buffer.alloc(32, byte);
const RULE: GraceRule = { grace: 10 };

const family: FamilyState = {
  id: 'f',
  user_id: 'u',
  username: 'john',
  client_id: 'c',
  scopes: ['read', 'write'],
  audiences: ['https://a.example', 'https://b.example'],
  issued_at: ago(100),
  expires_at: ago(-100),
  auth_time: ago(100),
  amr: ['pwd'],
  acr: null,
  dpop_jkt: null,
  now: NOW,
  generation: 5,
  token_hash: hash(5),
  key_version: 1,
  rotated_at: ago(5),
  revoked_at: null,
  client_live: true,
  user_live: true,
};
const current: Presentation = {
  clientId: 'c',
  generation: 5,
  tokenHash: hash(5),
  successorHash: hash(6),
};
const predecessor: Presentation = { ...current, generation: 4, tokenHash: hash(4), successorHash: hash(5) };
const ancient: Presentation = { ...current, generation: 3, tokenHash: hash(3), successorHash: hash(4) };
const bound = { dpop_jkt: 'key' };

describe('judgePresentation', () => {
  it.each<[string, Partial<FamilyState>, Presentation, string]>([
    ['the current token', {}, current, 'current'],
    ['the current token of a bound family by its key', bound, { ...current, jkt: 'key' }, 'current'],
    ['a proof where the family is not bound (A11)', {}, { ...current, jkt: 'any' }, 'current'],
    ['a narrower scope', {}, { ...current, scopes: ['read'] }, 'current'],
    ['the same scope in another order', {}, { ...current, scopes: ['write', 'read'] }, 'current'],
    ['a narrower resource (A10)', {}, { ...current, audiences: ['https://b.example'] }, 'current'],
    ['the predecessor inside grace', {}, predecessor, 'predecessor'],
    ['another client', {}, { ...current, clientId: 'other' }, 'wrong_client'],
    ['no proof where the family is bound', bound, current, 'proof_missing'],
    ['another proof key', bound, { ...current, jkt: 'other' }, 'wrong_proof_key'],
    ['a revoked family', { revoked_at: ago(1) }, current, 'revoked'],
    ['an expired family', { expires_at: ago(1) }, current, 'expired'],
    ['a family that expires just now', { expires_at: NOW }, current, 'expired'],
    ['a client that is gone', { client_live: false }, current, 'client_gone'],
    ['a user that is gone', { user_live: false }, current, 'user_gone'],
    ['a wider scope', {}, { ...current, scopes: ['read', 'admin'] }, 'scope_too_wide'],
    ['a foreign resource', {}, { ...current, audiences: ['https://c.example'] }, 'resource_not_granted'],
    ['a generation before the last', {}, ancient, 'replayed'],
    [
      'a generation before the last, by whatever hash',
      {},
      { ...ancient, successorHash: hash(5) },
      'replayed',
    ],
    ['the first generation of a long family', { generation: 2 ** 31 - 1 }, ancient, 'replayed'],
    ['a generation that is yet to come', {}, { ...current, generation: 6 }, 'unknown'],
    ['the current generation with another secret', {}, { ...current, tokenHash: hash(9) }, 'unknown'],
    ['a predecessor whose successor is another', {}, { ...predecessor, successorHash: hash(9) }, 'replayed'],
  ])('judges %s', (_case, state, presentation, verdict) => {
    expect(judgePresentation({ ...family, ...state }, presentation, RULE)).toBe(verdict);
  });
});

describe('the order in which judgePresentation checks (L4)', () => {
  /** Each fault with all that are after it: the first must be the verdict. */
  const FAULTS: [string, Partial<FamilyState>, Partial<Presentation>][] = [
    ['wrong_client', {}, { clientId: 'other' }],
    ['wrong_proof_key', bound, { jkt: 'other' }],
    ['revoked', { revoked_at: ago(1) }, {}],
    ['expired', { expires_at: ago(1) }, {}],
    ['client_gone', { client_live: false }, {}],
    ['user_gone', { user_live: false }, {}],
    ['scope_too_wide', {}, { scopes: ['admin'] }],
    ['resource_not_granted', {}, { audiences: ['https://c.example'] }],
  ];

  it.each(FAULTS.map(([verdict], index) => [verdict, index] as const))(
    'finds %s before what follows it, a replay last of all',
    (verdict, index) => {
      const rest = FAULTS.slice(index);
      const state = Object.assign({}, family, ...rest.map(([, fault]) => fault)) as FamilyState;
      const presentation = Object.assign({}, ancient, ...rest.map(([, , fault]) => fault)) as Presentation;
      expect(judgePresentation(state, presentation, RULE)).toBe(verdict);
    },
  );

  it('finds a missing proof before a replay, so that a thief without the key kills nothing', () => {
    expect(judgePresentation({ ...family, ...bound }, ancient, RULE)).toBe('proof_missing');
  });

  it.each([
    ['another client', { clientId: 'other' }],
    ['a wider scope', { scopes: ['admin'] }],
    ['a foreign resource', { audiences: ['https://c.example'] }],
  ])('never calls a token by %s replayed', (_case, fault) => {
    expect(judgePresentation(family, { ...ancient, ...fault }, RULE)).not.toBe('replayed');
  });
});

describe('grace', () => {
  it.each<[string, number, number, string]>([
    ['at once', 10, 0, 'predecessor'],
    ['just inside', 10, 9.999, 'predecessor'],
    ['on the edge', 10, 10, 'predecessor'],
    ['just outside', 10, 10.001, 'replayed'],
    ['long after', 10, 86_400, 'replayed'],
    ['at once, with no grace', 0, 0, 'replayed'],
    ['later, with no grace', 0, 1, 'replayed'],
    ['within a day, with the longest grace', 86_400, 86_399, 'predecessor'],
  ])('takes a predecessor %s (grace %d s, rotated %d s ago) for %s', (_case, grace, seconds, verdict) => {
    const state = { ...family, rotated_at: ago(seconds) };
    expect(judgePresentation(state, predecessor, { grace })).toBe(verdict);
  });

  it('never covers a token before the predecessor', () => {
    expect(judgePresentation({ ...family, rotated_at: NOW }, ancient, { grace: 86_400 })).toBe('replayed');
  });

  it.each<[string, number, number, number, number, string]>([
    ['began inside grace and ended just now', 60, 10, 55, 1, 'predecessor'],
    ['began before the rotation', 60, 10, 65, 10, 'predecessor'],
    ['began as grace ended', 60, 10, 50, 5, 'predecessor'],
    ['began after grace', 60, 10, 49.999, 5, 'replayed'],
    ['ended as long ago as grace', 60, 10, 55, 10, 'predecessor'],
    ['ended longer ago than grace', 60, 10, 55, 10.001, 'replayed'],
    ['was over before the rotation', 60, 10, 120, 90, 'replayed'],
    ['came where there is no grace', 60, 0, 60, 0, 'replayed'],
  ])(
    'sets aside an outage that %s (rotated %d s ago, grace %d s): %#',
    (_case, rotated, grace, began, ended, verdict) => {
      const outage = { beganAgo: began * 1000, endedAgo: ended * 1000 };
      const state = { ...family, rotated_at: ago(rotated) };
      expect(judgePresentation(state, predecessor, { grace, outage })).toBe(verdict);
    },
  );
});
