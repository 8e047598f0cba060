import { uuidTime } from '../common/uuid-time.js';

/** A revocation as the stream and the snapshot tell it, see docs/events.md. */
export interface RevocationDocument {
  readonly type: string;
  readonly occurred_at: string;
  readonly sub?: string;
  readonly sid?: string;
  readonly client_id?: string;
  readonly jti?: string;
}

/** The claims of an access token that tell whether a revocation concerns it. */
export interface RevocableClaims {
  readonly jti: string;
  readonly sub: string;
  readonly client_id: string;
  readonly sid?: string;
}

/** Milliseconds that a revocation is remembered: no access token lives longer. */
const REMEMBERED_MS = 25 * 3_600_000;

/**
 * What is revoked, as far as it has been told. Ids are dead whenever they are met; a cutoff (of a user, a
 * client or everybody) kills what was issued up to its moment.
 */
export class RevocationList {
  /** By kind and id: when it was revoked, in milliseconds since the epoch. */
  private readonly revoked = new Map<string, number>();
  private forgottenAt = 0;

  apply(event: RevocationDocument): void {
    const key = keyOf(event);
    const at = Date.parse(event.occurred_at);
    if (key === undefined || Number.isNaN(at)) return;
    this.revoked.set(key, Math.max(at, this.revoked.get(key) ?? 0));
    this.forget();
  }

  has({ jti, sub, sid, client_id }: RevocableClaims): boolean {
    if (this.revoked.has(`jti ${jti}`) || (sid !== undefined && this.revoked.has(`sid ${sid}`))) return true;
    const issuedAt = uuidTime(jti);
    const cutoffs = ['all', `sub ${sub}`, `client ${client_id}`, `sub ${sub} client ${client_id}`];
    return cutoffs.some((key) => issuedAt <= (this.revoked.get(key) ?? -1));
  }

  get size(): number {
    return this.revoked.size;
  }

  /** Drops, now and then, what has outlived every token. */
  private forget(): void {
    const now = Date.now();
    if (now - this.forgottenAt < REMEMBERED_MS / 100) return;
    this.forgottenAt = now;
    for (const [key, at] of this.revoked) if (now - at > REMEMBERED_MS) this.revoked.delete(key);
  }
}

function keyOf({
  type,
  sub = '',
  sid = '',
  client_id = '',
  jti = '',
}: RevocationDocument): string | undefined {
  const keys: Record<string, string> = {
    'token-family-revoked': `sid ${sid}`,
    'access-token-revoked': `jti ${jti}`,
    'user-tokens-revoked': `sub ${sub}`,
    'user-client-tokens-revoked': `sub ${sub} client ${client_id}`,
    'client-tokens-revoked': `client ${client_id}`,
    'all-tokens-revoked': 'all',
  };
  return keys[type];
}
