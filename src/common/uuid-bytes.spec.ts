import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readUuid, writeUuid } from './uuid-bytes.js';

describe('the bytes of a UUID', () => {
  it('are its digits, at any offset, with the rest left alone', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.nat(20), fc.boolean(), (uuid, offset, isUpperCase) => {
        const bytes = Buffer.alloc(40, 0xa5);
        writeUuid(bytes, isUpperCase ? uuid.toUpperCase() : uuid, offset);
        const expected = Buffer.alloc(40, 0xa5);
        Buffer.from(uuid.replaceAll('-', ''), 'hex').copy(expected, offset);
        expect(bytes).toEqual(expected);
        expect(readUuid(bytes, offset)).toBe(uuid);
      }),
      { numRuns: 500 },
    );
  });
});
