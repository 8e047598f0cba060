import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { KeyRing } from '../../key-ring/key-ring.js';
import {
  decodeRefreshToken,
  encodeRefreshToken,
  hashOf,
  type RefreshToken,
  successorOf,
} from './refresh-token.js';

const OLD = { version: 1, key: Buffer.alloc(32, 1) };
const NEW = { version: 255, key: Buffer.alloc(32, 2) };
const keys = new KeyRing([OLD]);
const changedKeys = new KeyRing([NEW, OLD]);
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

const token: RefreshToken = {
  keyVersion: 1,
  familyId: '01890a5d-ac96-774b-bcce-b302099a8057',
  generation: 7,
  secret: Buffer.alloc(32, 0xa5),
};
const encoded = encodeRefreshToken(keys, token);

describe('a refresh token encoded', () => {
  it('is rgr_ and 92 characters of base64url, within VSCHAR (A6)', () => {
    expect(encoded).toMatch(/^rgr_[A-Za-z0-9_-]{92}$/);
  });

  it.each([0, 1, 255, 256, 2 ** 31 - 2])('decodes to what it was, in generation %d', (generation) => {
    const original = { ...token, generation };
    expect(decodeRefreshToken(keys, encodeRefreshToken(keys, original))).toEqual(original);
  });

  it('stands for its bytes in one way only: no alias decodes', () => {
    const body = encoded.slice(4);
    expect(Buffer.from(body, 'base64url').toString('base64url')).toBe(body);
    const standard = body.replaceAll('-', '+').replaceAll('_', '/');
    const aliases = [
      `${body}=`,
      `${body}A`,
      `${body} `,
      `${body}\n`,
      ` ${body}`,
      `${body.slice(0, 46)}\n${body.slice(46)}`,
    ];
    for (const alias of [...aliases, ...(standard === body ? [] : [standard])]) {
      expect(decodeRefreshToken(keys, `rgr_${alias}`)).toBeUndefined();
    }
  });

  it('is refused with any one character changed', () => {
    const accepted = encoded.split('').flatMap((character, index) =>
      `${ALPHABET}=. `
        .split('')
        .filter((other) => other !== character)
        .map((other) => encoded.slice(0, index) + other + encoded.slice(index + 1))
        .filter((forged) => decodeRefreshToken(keys, forged) !== undefined),
    );
    expect(accepted).toEqual([]);
  });

  it.each([
    '',
    'rgr_',
    encoded.slice(0, -1),
    encoded.slice(4),
    `rga_${encoded.slice(4)}`,
    encoded.toUpperCase(),
  ])('is refused as %j', (presented) => {
    expect(decodeRefreshToken(keys, presented)).toBeUndefined();
  });

  it('is refused by the keys of another deployment', () => {
    const foreign = new KeyRing([{ version: 1, key: Buffer.alloc(32, 9) }]);
    expect(decodeRefreshToken(foreign, encoded)).toBeUndefined();
  });

  it('is refused once its version of the keys is gone, and taken while it is there', () => {
    expect(decodeRefreshToken(changedKeys, encoded)).toEqual(token);
    expect(decodeRefreshToken(new KeyRing([NEW]), encoded)).toBeUndefined();
  });
});

describe('the hash of a refresh token', () => {
  it('is SHA-256 of its secret alone (L6)', () => {
    expect(hashOf(token)).toEqual(createHash('sha256').update(token.secret).digest());
    expect(hashOf({ ...token, generation: 8, keyVersion: 255 })).toEqual(hashOf(token));
  });
});

describe('the successor of a refresh token', () => {
  const successor = successorOf(keys, token, 1);
  const secretAfter = (changed: Partial<RefreshToken>, ring = keys): Buffer =>
    successorOf(ring, { ...token, ...changed }, 1).secret;

  it('is the next generation of the same family, and always the same (L3)', () => {
    expect(successor).toMatchObject({ familyId: token.familyId, generation: 8, keyVersion: 1 });
    expect(successor.secret).toHaveLength(32);
    expect(successor.secret).not.toEqual(token.secret);
    expect(successorOf(new KeyRing([OLD]), token, 1)).toEqual(successor);
  });

  it.each<[string, Partial<RefreshToken>]>([
    ['family', { familyId: '01890a5d-ac96-774b-bcce-b302099a8058' }],
    ['generation', { generation: 8 }],
    ['secret', { secret: Buffer.alloc(32, 0xa4) }],
  ])('differs by %s', (_what, changed) => {
    expect(secretAfter(changed)).not.toEqual(successor.secret);
  });

  it('differs by key, so that the database alone yields none (L6)', () => {
    const other = new KeyRing([{ version: 1, key: Buffer.alloc(32, 9) }]);
    expect(secretAfter({}, other)).not.toEqual(successor.secret);
  });

  it('is not to be had from the hash that the database keeps (L6)', () => {
    expect(secretAfter({ secret: hashOf(token) })).not.toEqual(successor.secret);
    expect(hashOf(token)).not.toEqual(successor.secret);
  });

  it('is tagged under the new keys after a change, with the secret that a retry found before it (L3)', () => {
    const after = successorOf(changedKeys, token, changedKeys.activeVersion);
    expect(after.keyVersion).toBe(255);
    expect(after.secret).toEqual(successor.secret);
    expect(decodeRefreshToken(changedKeys, encodeRefreshToken(changedKeys, after))).toEqual(after);
  });

  it('of the successor chains on under the version that the successor has', () => {
    const after = successorOf(changedKeys, token, 255);
    const third = successorOf(changedKeys, after, 255);
    expect(successorOf(new KeyRing([NEW]), after, 255)).toEqual(third);
    expect(successorOf(changedKeys, successor, 255).secret).not.toEqual(third.secret);
  });
});
