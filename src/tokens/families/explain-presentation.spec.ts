import { describe, expect, it } from '@jest/globals';
import { explainPresentation } from './explain-presentation.js';
import { CHECKS, type GraceRule, judgePresentation } from './judge-presentation.js';
import { REMEDIES } from './refusal-remedies.js';
import { type FamilyState, type Presentation } from './token-family.js';

const NOW = new Date('2026-01-01T12:00:00Z');
const ago = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1000);
const hash = (byte: number): Buffer => Buffer.alloc(32, byte);
const RULE: GraceRule = { grace: 10 };

const family: FamilyState = {
  id: 'f',
  user_id: 'u',
  client_id: 'c',
  scopes: ['read'],
  audiences: ['https://a.example'],
  issued_at: ago(100),
  expires_at: ago(-100),
  auth_time: ago(100),
  amr: [],
  acr: null,
  dpop_jkt: 'key',
  now: NOW,
  generation: 5,
  token_hash: hash(5),
  key_version: 1,
  rotated_at: ago(5),
  revoked_at: null,
  client_live: true,
  user_live: true,
};
const sound: Presentation = {
  clientId: 'c',
  generation: 5,
  tokenHash: hash(5),
  successorHash: hash(6),
  jkt: 'key',
};

const CASES: [
  refusal: string,
  state: Partial<FamilyState>,
  presentation: Partial<Presentation>,
  found: RegExp,
][] = [
  ['wrong_client', {}, { clientId: 'other' }, /^issued to c, presented by other$/],
  ['proof_missing', {}, { jkt: undefined }, /^bound to key, no proof$/],
  ['wrong_proof_key', {}, { jkt: 'other' }, /^bound to key, a proof by other$/],
  ['revoked', { revoked_at: ago(1) }, {}, /^revoked at 2026-01-01T11:59:59/],
  ['expired', { expires_at: ago(1) }, {}, /expires at 2026-01-01T11:59:59/],
  ['client_gone', { client_live: false }, {}, /disabled/],
  ['user_gone', { user_live: false }, {}, /signed out/],
  ['scope_too_wide', {}, { scopes: ['admin'] }, /^granted read, .* asked for admin$/],
  ['resource_not_granted', {}, { audiences: ['https://b.example'] }, /asked for https:\/\/b\.example$/],
  ['unknown', {}, { tokenHash: hash(9) }, /generation 5, the family being at 5/],
  [
    'replayed',
    {},
    { generation: 3, tokenHash: hash(3), successorHash: hash(4) },
    /^2 generations behind, rotated 5 s ago, grace 10 s$/,
  ],
];

describe('explainPresentation', () => {
  it('passes every check of a sound token, in the order in which they are made', () => {
    const checks = explainPresentation(family, sound, RULE);
    expect(checks.map(({ check }) => check)).toEqual(CHECKS.map(({ refusal }) => refusal));
    expect(checks.filter(({ passed }) => !passed)).toEqual([]);
  });

  it('explains every refusal that a check can end in', () => {
    expect(CASES.map(([refusal]) => refusal).sort()).toEqual(CHECKS.map(({ refusal }) => refusal).sort());
  });

  it.each(CASES)(
    'names %s as the first check that failed, and it is the verdict',
    (refusal, state, change, found) => {
      const presentation = { ...sound, ...change };
      const failed = explainPresentation({ ...family, ...state }, presentation, RULE).find(
        ({ passed }) => !passed,
      );
      expect(failed).toMatchObject({ check: refusal, needed: REMEDIES[refusal as keyof typeof REMEDIES] });
      expect(failed?.found).toMatch(found);
      expect(judgePresentation({ ...family, ...state }, presentation, RULE)).toBe(refusal);
    },
  );
});
