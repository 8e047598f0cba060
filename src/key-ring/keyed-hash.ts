import { hash } from 'node:crypto';

/** SHA-256 takes its input in blocks of so many bytes. */
const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;

/**
 * HMAC-SHA-256 under one key (RFC 2104 §2), with what follows from the key worked out beforehand.
 *
 * By two calls of `crypto.hash`: an object of `createHmac`, which each message would need, costs an event loop under
 * load more than both, and every refresh takes three. See docs/performance.md.
 */
export class KeyedHash {
  private readonly inner: Buffer;
  /** What the second call hashes: a block of the key, and room for the digest of the first. */
  private readonly outer: Buffer;

  /** @param key of 64 bytes at the most */
  constructor(key: Uint8Array) {
    if (key.length > BLOCK_BYTES) throw new Error('the key is longer than a block');
    this.inner = padded(key, 0x36);
    this.outer = Buffer.concat([padded(key, 0x5c)], BLOCK_BYTES + DIGEST_BYTES);
  }

  /** The 32 bytes of the parts' authentication code, in their order. */
  of(...parts: readonly (Buffer | string)[]): Buffer {
    const message = [this.inner];
    for (const part of parts) message.push(typeof part === 'string' ? Buffer.from(part) : part);
    this.outer.write(digestOf(Buffer.concat(message)), BLOCK_BYTES, 'latin1');
    return Buffer.from(digestOf(this.outer), 'latin1');
  }
}

/** A character a byte: for a buffer, `crypto.hash` allocates memory outside the heap, which takes longer than the hash. */
function digestOf(input: Buffer): string {
  return hash('sha256', input, 'binary');
}

function padded(key: Uint8Array, byte: number): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES, byte);
  for (const [index, value] of key.entries()) block[index] = value ^ byte;
  return block;
}
