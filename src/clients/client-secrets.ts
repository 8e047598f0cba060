import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { constantTimeEqual } from '../common/constant-time.js';
import { RandomSource } from '../common/random-source.js';
import { KeyRing } from '../key-ring/key-ring.js';
import { type SecretHash } from './client.js';

/**
 * Client secrets at rest. A generated secret has 256 bits, which needs no slow hash; the key from the
 * environment in the MAC keeps a chosen one safe too, when only the database leaks.
 */
@Injectable()
export class ClientSecrets {
  /** What was found right, by what it was found right against: that is read anew when a client's secrets change. */
  private readonly proved = new WeakMap<SecretHash, Buffer>();

  constructor(
    private readonly keys: KeyRing,
    private readonly random: RandomSource,
    private readonly clock: Clock,
  ) {}

  /** A new secret, 256 bits in base64url with a prefix that secret scanners know. */
  generate(): string {
    return `rgs_${this.random.bytes(32).toString('base64url')}`;
  }

  hash(clientId: string, secret: string): { keyVersion: number; hash: Buffer } {
    const keyVersion = this.keys.activeVersion;
    return { keyVersion, hash: this.mac(keyVersion, clientId, secret) };
  }

  /** Whether it is one of the client's unexpired secrets; takes the same time for a client without any. */
  verify(clientId: string, secrets: readonly SecretHash[], presented: string): boolean {
    const active = secrets.filter(({ expiresAt }) => !expiresAt || expiresAt > this.clock.now());
    if (active.length === 0) this.mac(this.keys.activeVersion, clientId, presented);
    return active.map((secret) => this.matches(clientId, secret, presented)).includes(true);
  }

  private matches(clientId: string, secret: SecretHash, presented: string): boolean {
    const bytes = Buffer.from(presented);
    const proved = this.proved.get(secret);
    if (proved && constantTimeEqual(bytes, proved)) return true;
    const { keyVersion, hash } = secret;
    if (!this.keys.knows(keyVersion)) return false;
    const isRight = constantTimeEqual(this.mac(keyVersion, clientId, presented), hash);
    if (isRight) this.proved.set(secret, bytes);
    return isRight;
  }

  private mac(version: number, clientId: string, secret: string): Buffer {
    return this.keys.mac('client-secret', version, clientId, '\0', secret);
  }
}
