import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { KeyRing, type KeyPurpose } from './key-ring.js';

interface Envelope {
  readonly value: unknown;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

const VERSION_BYTES = 1;

/**
 * Things of ours that travel through a browser, in a URL or a form: encrypted, so that nobody reads them on the way,
 * and whole, so that nobody makes one up (AES-256-GCM).
 */
@Injectable()
export class SealedParameters {
  constructor(
    private readonly keys: KeyRing,
    private readonly clock: Clock,
  ) {}

  /**
   * @param value what JSON can hold
   * @param lifetime seconds
   * @returns URL-safe text
   */
  seal(purpose: KeyPurpose, value: object, lifetime: number): string {
    const envelope: Envelope = { value, expiresAt: this.clock.now().getTime() + lifetime * 1000 };
    const { version, sealed } = this.keys.seal(purpose, Buffer.from(JSON.stringify(envelope)), purpose);
    return Buffer.concat([Buffer.of(version), sealed]).toString('base64url');
  }

  /** @returns what was sealed for the purpose; `undefined` for anything else, and when its time is over */
  open(purpose: KeyPurpose, text: string): unknown {
    const { value, expiresAt } = this.decrypt(purpose, Buffer.from(text, 'base64url')) ?? { expiresAt: 0 };
    return expiresAt > this.clock.now().getTime() ? value : undefined;
  }

  private decrypt(purpose: KeyPurpose, bytes: Buffer): Envelope | undefined {
    try {
      const sealed = bytes.subarray(VERSION_BYTES);
      return JSON.parse(this.keys.open(purpose, bytes[0] ?? 0, sealed, purpose).toString()) as Envelope;
    } catch {
      return undefined;
    }
  }
}
