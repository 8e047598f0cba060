import { type ExplainedCheck } from '../tokens/explained-check.js';
import { type RevokedKey } from './keys/revoked-key.repository.js';

/** What has become of all that an access token hangs on, by Postgres' word. Times are those of the revocation. */
export interface TokenFate {
  readonly token_revoked_at: Date | null;
  readonly token_reason: string | null;
  /** `null` where the token is of no family. */
  readonly family_found: boolean | null;
  readonly family_revoked_at: Date | null;
  readonly family_reason: string | null;
  /** `null` where the token is of no user. */
  readonly user_found: boolean | null;
  readonly user_active: boolean | null;
  readonly user_cutoff: Date | null;
  readonly client_found: boolean;
  readonly client_enabled: boolean | null;
  readonly client_cutoff: Date | null;
  readonly everybody_cutoff: Date | null;
}

const NEEDED = 'nothing: a revocation is final, a new token has to be issued';

/** The key was revoked, and so is every token that it made. */
export function explainRevokedKey({ kid, revokedAt, reason }: RevokedKey): ExplainedCheck {
  const found = `by key ${kid}, revoked at ${revokedAt.toISOString()}, ${reason}`;
  return { check: 'key_revoked', passed: false, found, needed: NEEDED };
}

/** Every kind of revocation, whether it hit the token, when and why. */
export function explainFate(fate: TokenFate): ExplainedCheck[] {
  const checks: [check: string, endedBy: string | undefined, otherwise: string][] = [
    ['access_token_revoked', revocationOf(fate.token_revoked_at, fate.token_reason), 'not revoked by itself'],
    [
      'family_revoked',
      familyEnd(fate),
      fate.family_found === null ? 'of no family' : 'its family is not revoked',
    ],
    ['user_revoked', userEnd(fate), fate.user_found === null ? 'of no user' : 'its user is active'],
    ['client_revoked', clientEnd(fate), 'its client is enabled'],
    [
      'everybody_revoked',
      cutoff(fate.everybody_cutoff),
      'issued after everybody was last signed out, if ever',
    ],
  ];
  return checks.map(([check, endedBy, otherwise]) => {
    return { check, passed: endedBy === undefined, found: endedBy ?? otherwise, needed: NEEDED };
  });
}

function familyEnd({ family_found, family_revoked_at, family_reason }: TokenFate): string | undefined {
  return family_found === false ? 'its family is gone' : revocationOf(family_revoked_at, family_reason);
}

function userEnd({ user_found, user_active, user_cutoff }: TokenFate): string | undefined {
  if (user_found === false) return 'its user is gone';
  return user_active === false ? 'its user is not active' : cutoff(user_cutoff);
}

function clientEnd({ client_found, client_enabled, client_cutoff }: TokenFate): string | undefined {
  if (!client_found) return 'its client is gone';
  return client_enabled === false ? 'its client is disabled' : cutoff(client_cutoff);
}

function cutoff(moment: Date | null): string | undefined {
  return moment ? `issued before the cutoff at ${moment.toISOString()}` : undefined;
}

function revocationOf(moment: Date | null, reason: string | null): string | undefined {
  return moment ? `revoked at ${moment.toISOString()}, ${reason ?? 'for a reason not kept'}` : undefined;
}
