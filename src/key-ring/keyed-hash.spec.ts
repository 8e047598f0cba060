import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createHmac } from 'node:crypto';
import { KeyedHash } from './keyed-hash.js';

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));

describe('KeyedHash', () => {
  it('is HMAC-SHA-256 of the parts, whatever the key and the message', () => {
    fc.assert(
      fc.property(
        bytes(64),
        fc.array(fc.oneof(bytes(200), fc.string({ unit: 'grapheme', maxLength: 200 }))),
        (key, parts) => {
          const hmac = createHmac('sha256', key);
          for (const part of parts) hmac.update(part);
          const keyed = new KeyedHash(key);
          expect(keyed.of(...parts)).toEqual(hmac.digest());
          // What one message leaves behind is not in the next.
          expect(keyed.of(...parts)).toEqual(keyed.of(...parts));
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([0, 55, 56, 63, 64, 65, 119, 120, 128])('is so for a message of %i bytes', (length) => {
    const [key, message] = [Buffer.alloc(32, 7), Buffer.alloc(length, 9)];
    expect(new KeyedHash(key).of(message)).toEqual(createHmac('sha256', key).update(message).digest());
  });

  it('refuses a key that it would have to hash first', () => {
    expect(() => new KeyedHash(Buffer.alloc(65))).toThrow('longer than a block');
  });
});
