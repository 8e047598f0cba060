import { constantTimeEqual } from '../../common/constant-time.js';
import { type Outage } from '../../database/outages.js';
import { type FamilyState, type Presentation, type Refusal } from './token-family.js';

/** `current`: the family's token now. `predecessor`: the one before, inside grace, its successor unused. */
export type Verdict = 'current' | 'predecessor' | Refusal;

export interface GraceRule {
  /** Seconds in which a predecessor is taken for a retry. */
  readonly grace: number;
  /** Time in which nobody could be answered, which does not count against a retry. */
  readonly outage?: Outage;
}

type Check = (family: FamilyState, presentation: Presentation) => Refusal | undefined;

/**
 * What comes first: whatever binds the token is checked before its age, and its age before its use, so
 * that nobody but its owner can spend or kill it (law L4).
 */
const CHECKS: readonly Check[] = [
  (family, { clientId }) => (family.client_id === clientId ? undefined : 'wrong_client'),
  (family, { jkt }) => (family.dpop_jkt !== null && jkt === undefined ? 'proof_missing' : undefined),
  (family, { jkt }) => (family.dpop_jkt !== null && family.dpop_jkt !== jkt ? 'wrong_proof_key' : undefined),
  (family) => (family.revoked_at ? 'revoked' : undefined),
  (family) => (family.expires_at <= family.now ? 'expired' : undefined),
  (family) => (family.client_live ? undefined : 'client_gone'),
  (family) => (family.user_live ? undefined : 'user_gone'),
  ({ scopes: granted }, { scopes }) => (isWithin(scopes, granted) ? undefined : 'scope_too_wide'),
  ({ audiences: granted }, { audiences }) =>
    isWithin(audiences, granted) ? undefined : 'resource_not_granted',
];

/**
 * Judges a genuine token against its family. Pure: the family's row carries the database's clock.
 *
 * A generation before the last, or the last one outside grace, is a replay for ever: no history is kept.
 */
export function judgePresentation(family: FamilyState, presentation: Presentation, rule: GraceRule): Verdict {
  for (const check of CHECKS) {
    const refusal = check(family, presentation);
    if (refusal) return refusal;
  }
  return judgeGeneration(family, presentation, rule);
}

function judgeGeneration(family: FamilyState, presentation: Presentation, rule: GraceRule): Verdict {
  const behind = family.generation - presentation.generation;
  if (behind === 0)
    return constantTimeEqual(family.token_hash, presentation.tokenHash) ? 'current' : 'unknown';
  if (behind < 0) return 'unknown';
  const isPredecessor = behind === 1 && constantTimeEqual(family.token_hash, presentation.successorHash);
  return isPredecessor && isInsideGrace(family, rule) ? 'predecessor' : 'replayed';
}

/**
 * Inside grace: rotated less than `grace` ago, or an outage began before grace was over and itself ended
 * less than `grace` ago, so that a client that kept retrying into 503s gets its answer (law L3).
 */
function isInsideGrace({ rotated_at, now }: FamilyState, { grace, outage }: GraceRule): boolean {
  if (!rotated_at) return false;
  const graceMs = grace * 1000;
  const age = now.getTime() - rotated_at.getTime();
  if (age <= graceMs) return grace > 0;
  return outage !== undefined && grace > 0 && age - outage.beganAgo <= graceMs && outage.endedAgo <= graceMs;
}

function isWithin(requested: readonly string[] | undefined, granted: readonly string[]): boolean {
  return requested?.every((value) => granted.includes(value)) ?? true;
}
