import { describe, expect, it } from '@jest/globals';
import { parseRootKey } from './keys.config.js';

describe('parseRootKey', () => {
  it('splits an entry into its version and 32 bytes', () => {
    const bytes = Buffer.alloc(32, 0xfb);
    expect(parseRootKey(`12:${bytes.toString('base64url')}`)).toEqual({ version: 12, key: bytes });
  });
});
