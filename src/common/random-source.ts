import { randomBytes } from 'node:crypto';
import { v7 } from 'uuid';

/** Where unguessable bytes and ids come from; injected so that a test can own it. */
export class RandomSource {
  bytes(length: number): Buffer {
    return randomBytes(length);
  }

  /** A time-ordered UUID (RFC 9562 §5.7). */
  uuid(): string {
    return v7();
  }
}
