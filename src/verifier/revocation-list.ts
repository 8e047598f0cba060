import { uuidTime } from '../common/uuid-time.js';

/** A revocation as the stream and the snapshot tell it, see docs/events.md. */
export interface RevocationDocument {
  readonly type: string;
  readonly occurred_at: string;
  readonly sub?: string;
  readonly sid?: string;
  readonly client_id?: string;
  readonly jti?: string;
  readonly kid?: string;
}

/** The claims of an access token that tell whether a revocation concerns it. */
export interface RevocableClaims {
  readonly jti: string;
  readonly sub: string;
  readonly client_id: string;
  readonly sid?: string;
}

/** Under what a token would be listed; worked out once per token. */
export interface RevocationKeys {
  readonly ids: readonly string[];
  readonly cutoffs: readonly string[];
  /** Milliseconds since the epoch, of its session where it has one: a cutoff ends all that a session yields. */
  readonly issuedAt: number;
}

/** Milliseconds that a revocation is remembered: no access token lives longer. */
const REMEMBERED_MS = 25 * 3_600_000;

const SIGNING_KEY_REVOKED = 'signing-key-revoked';

/**
 * What is revoked, as far as it has been told. Ids are dead whenever they are met; a cutoff (of a user, a
 * client or everybody) kills what was issued up to its moment.
 */
export class RevocationList {
  /** By kind and id: when it was revoked, in milliseconds since the epoch. */
  private readonly revoked = new Map<string, number>();
  private readonly keyListeners: (() => void)[] = [];
  private forgottenAt = 0;

  apply(event: RevocationDocument): void {
    const key = keyOf(event);
    const at = Date.parse(event.occurred_at);
    if (key === undefined || Number.isNaN(at)) return;
    const isKnown = this.revoked.has(key);
    this.revoked.set(key, Math.max(at, this.revoked.get(key) ?? 0));
    if (event.type === SIGNING_KEY_REVOKED && !isKnown) for (const listener of this.keyListeners) listener();
    this.forget();
  }

  /** Calls the listener whenever a key of the server is revoked that was not known to be. */
  onKeyRevoked(listener: () => void): void {
    this.keyListeners.push(listener);
  }

  /** Whether a key of the server was revoked. */
  hasKey(kid: string | undefined): boolean {
    return kid !== undefined && this.revoked.has(keyId(kid));
  }

  has({ ids, cutoffs, issuedAt }: RevocationKeys): boolean {
    if (this.revoked.size === 0) return false;
    for (const id of ids) if (this.revoked.has(id)) return true;
    for (const cutoff of cutoffs) if (issuedAt <= (this.revoked.get(cutoff) ?? -1)) return true;
    return false;
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

/** @param kid of the key that the token was signed with */
export function revocationKeys(
  { jti, sub, sid, client_id }: RevocableClaims,
  kid: string | undefined,
): RevocationKeys {
  return {
    ids: [
      `jti ${jti}`,
      ...(sid === undefined ? [] : [`sid ${sid}`]),
      ...(kid === undefined ? [] : [keyId(kid)]),
    ],
    cutoffs: ['all', `sub ${sub}`, `client ${client_id}`, `sub ${sub} client ${client_id}`],
    issuedAt: uuidTime(sid ?? jti),
  };
}

function keyId(kid: string): string {
  return `kid ${kid}`;
}

function keyOf({
  type,
  sub = '',
  sid = '',
  client_id = '',
  jti = '',
  kid = '',
}: RevocationDocument): string | undefined {
  const keys: Record<string, string> = {
    'token-family-revoked': `sid ${sid}`,
    'access-token-revoked': `jti ${jti}`,
    'user-tokens-revoked': `sub ${sub}`,
    'user-client-tokens-revoked': `sub ${sub} client ${client_id}`,
    'client-tokens-revoked': `client ${client_id}`,
    'all-tokens-revoked': 'all',
    [SIGNING_KEY_REVOKED]: keyId(kid),
  };
  return keys[type];
}
