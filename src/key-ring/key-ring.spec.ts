import { describe, expect, it } from '@jest/globals';
import { hkdfSync, createHmac } from 'node:crypto';
import { type KeyPurpose, KeyRing } from './key-ring.js';

const OLD = { version: 1, key: Buffer.alloc(32, 1) };
const NEW = { version: 2, key: Buffer.alloc(32, 2) };
const PURPOSES: KeyPurpose[] = [
  'refresh-token-tag',
  'refresh-token-chain',
  'client-secret',
  'token-key-seal',
  'dpop-nonce',
];

describe('KeyRing', () => {
  it('needs a key', () => {
    expect(() => new KeyRing([])).toThrow('at least one key');
  });

  it('uses the first key and knows the others', () => {
    const ring = new KeyRing([NEW, OLD]);
    expect(ring.activeVersion).toBe(2);
    expect([0, 1, 2, 3].map((version) => ring.knows(version))).toEqual([false, true, true, false]);
  });

  it('derives the keys by HKDF-SHA-256, so that they outlast this code', () => {
    const derived = hkdfSync('sha256', OLD.key, '', 'regrant client-secret', 32);
    const expected = createHmac('sha256', Buffer.from(derived)).update('message').digest();
    expect(new KeyRing([OLD]).mac('client-secret', 1, 'message')).toEqual(expected);
  });

  it('derives another key for every purpose and version', () => {
    const ring = new KeyRing([OLD, NEW]);
    const macs = PURPOSES.flatMap((purpose) =>
      [1, 2].map((version) => ring.mac(purpose, version, 'message').toString('hex')),
    );
    expect(new Set(macs).size).toBe(PURPOSES.length * 2);
  });

  it('derives the same keys in every process, whichever is active', () => {
    const [one, other] = [new KeyRing([OLD, NEW]), new KeyRing([NEW, OLD])];
    expect(one.mac('dpop-nonce', 2, 'a', Buffer.from('b'))).toEqual(other.mac('dpop-nonce', 2, 'ab'));
  });

  it('refuses a version that it does not know, naming the variable', () => {
    expect(() => new KeyRing([OLD]).mac('client-secret', 2, 'message')).toThrow('REGRANT_KEYS');
  });
});

describe('KeyRing.seal and open', () => {
  const plaintext = Buffer.from('a private key');
  const ring = new KeyRing([NEW, OLD]);
  const { version, sealed } = ring.seal('token-key-seal', plaintext, 'kid');
  const openWith = (bytes: Buffer, context = 'kid', of = version, purpose: KeyPurpose = 'token-key-seal') =>
    ring.open(purpose, of, bytes, context);

  it('opens what was sealed, under the active version', () => {
    expect(version).toBe(2);
    expect(openWith(sealed)).toEqual(plaintext);
  });

  it('opens what was sealed before a change of keys', () => {
    const before = new KeyRing([OLD]).seal('token-key-seal', plaintext, 'kid');
    expect(openWith(before.sealed, 'kid', before.version)).toEqual(plaintext);
  });

  it('hides the plaintext and never seals twice alike (L6)', () => {
    expect(sealed.includes(plaintext)).toBe(false);
    expect(ring.seal('token-key-seal', plaintext, 'kid').sealed).not.toEqual(sealed);
  });

  it('refuses another context, version or purpose', () => {
    expect(() => openWith(sealed, 'another kid')).toThrow();
    expect(() => openWith(sealed, 'kid', 1)).toThrow();
    expect(() => openWith(sealed, 'kid', 3)).toThrow('REGRANT_KEYS');
    expect(() => openWith(sealed, 'kid', 2, 'client-secret')).toThrow();
  });

  it('refuses a flipped bit in any byte', () => {
    for (const index of sealed.keys()) {
      const tampered = Buffer.from(sealed);
      tampered.writeUInt8(tampered.readUInt8(index) ^ 1, index);
      expect(() => openWith(tampered)).toThrow();
    }
  });

  it.each([0, 1, 12, 15, 16, 27, 28])('refuses a seal cut to %d bytes', (length) => {
    expect(() => openWith(sealed.subarray(0, length))).toThrow();
  });
});
