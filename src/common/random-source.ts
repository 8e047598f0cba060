import { randomBytes, randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const UUID_BYTES = 16;
const POOLED_UUIDS = 256;

/** Where unguessable bytes and ids come from; injected so that a test can own it. */
export class RandomSource {
  /** Drawn together: a call to the system for each id would cost several times the id. */
  private readonly pool = Buffer.alloc(UUID_BYTES * POOLED_UUIDS);
  private used = this.pool.length;

  bytes(length: number): Buffer {
    return randomBytes(length);
  }

  /** A time-ordered UUID (RFC 9562 §5.7). */
  uuid(): string {
    if (this.used === this.pool.length) {
      randomFillSync(this.pool);
      this.used = 0;
    }
    const random = this.pool.subarray(this.used, this.used + UUID_BYTES);
    this.used += UUID_BYTES;
    return v7({ random });
  }
}
