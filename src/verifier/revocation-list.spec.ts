import { describe, expect, it } from '@jest/globals';
import { revocationKeys, RevocationList } from './revocation-list.js';

/** A UUIDv7 of that many milliseconds after the epoch. */
const uuid = (milliseconds: number): string =>
  `${milliseconds.toString(16).padStart(12, '0')}70008000000000000000`.replace(
    /^(.{8})(.{4})(.{4})(.{4})(.{12})$/,
    '$1-$2-$3-$4-$5',
  );

const NOW = Date.now();
const KID = 'the-key';
const token = { jti: uuid(NOW), sub: 'john', client_id: 'demo' };
const occurred_at = new Date(NOW).toISOString();

function isDead(claims: typeof token & { sid?: string }, event: object): boolean {
  const list = new RevocationList();
  list.apply({ type: '', occurred_at, ...event });
  return list.has(revocationKeys(claims, KID));
}

describe('RevocationList', () => {
  it.each([
    [{ type: 'access-token-revoked', jti: token.jti }, true],
    [{ type: 'access-token-revoked', jti: uuid(1) }, false],
    [{ type: 'token-family-revoked', sid: uuid(NOW) }, false],
    [{ type: 'user-tokens-revoked', sub: 'john' }, true],
    [{ type: 'user-tokens-revoked', sub: 'jane' }, false],
    [{ type: 'client-tokens-revoked', client_id: 'demo' }, true],
    [{ type: 'client-tokens-revoked', client_id: 'other' }, false],
    [{ type: 'user-client-tokens-revoked', sub: 'john', client_id: 'demo' }, true],
    [{ type: 'user-client-tokens-revoked', sub: 'john', client_id: 'other' }, false],
    [{ type: 'all-tokens-revoked' }, true],
    [{ type: 'signing-key-revoked', kid: KID }, true],
    [{ type: 'signing-key-revoked', kid: 'another' }, false],
    [{ type: 'of-a-later-version' }, false],
    [{ type: 'all-tokens-revoked', occurred_at: 'nonsense' }, false],
  ])('applies %j to the tokens that it names only', (event, dead) => {
    expect(isDead(token, event)).toBe(dead);
  });

  it('spares by a cutoff what was issued after it', () => {
    expect(isDead({ ...token, jti: uuid(NOW + 1) }, { type: 'all-tokens-revoked' })).toBe(false);
  });

  it('ends by a cutoff what a session from before it yields, however late that was issued (L2)', () => {
    const late = { ...token, jti: uuid(NOW + 5), sid: uuid(NOW - 5) };
    expect(isDead(late, { type: 'user-tokens-revoked', sub: 'john' })).toBe(true);
  });

  it('keeps the later of two cutoffs, in whatever order they come', () => {
    const list = new RevocationList();
    for (const ago of [0, 1_000]) {
      const at = new Date(NOW - ago).toISOString();
      list.apply({ type: 'all-tokens-revoked', occurred_at: at });
    }
    expect(list.has(revocationKeys({ ...token, jti: uuid(NOW - 500) }, KID))).toBe(true);
  });

  it('tells of a key that is revoked, once, and of nothing else', () => {
    const list = new RevocationList();
    let told = 0;
    list.onKeyRevoked(() => (told += 1));
    expect(list.hasKey(KID)).toBe(false);
    for (const type of ['all-tokens-revoked', 'signing-key-revoked', 'signing-key-revoked'])
      list.apply({ type, occurred_at, kid: KID });
    expect([told, list.hasKey(KID), list.hasKey('another'), list.hasKey(undefined)]).toEqual([
      1,
      true,
      false,
      false,
    ]);
  });
});
