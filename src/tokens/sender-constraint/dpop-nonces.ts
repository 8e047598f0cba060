import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { constantTimeEqual } from '../../common/constant-time.js';
import { KeyRing } from '../../key-ring/key-ring.js';

/** Seconds that a nonce is given out; the one before is still taken. */
const STEP = 120;

/** DPoP nonces (RFC 9449 §8) without a store: a MAC of the current step of time, the same on every replica. */
@Injectable()
export class DpopNonces {
  constructor(
    private readonly keys: KeyRing,
    private readonly clock: Clock,
  ) {}

  current(): string {
    return this.at(this.step());
  }

  isFresh(nonce: string): boolean {
    const step = this.step();
    return [step, step - 1].some((candidate) =>
      constantTimeEqual(Buffer.from(this.at(candidate)), Buffer.from(nonce)),
    );
  }

  private step(): number {
    return Math.floor(this.clock.seconds() / STEP);
  }

  private at(step: number): string {
    return this.keys.mac('dpop-nonce', this.keys.activeVersion, String(step)).toString('base64url');
  }
}
