import { constantTimeEqual } from '../../common/constant-time.js';
import { type Outage } from '../../database/outages.js';
import { type FamilyState, type Presentation, type Refusal } from './token-family.js';

/** `current`: the family's token now. `predecessor`: the one before, inside grace, its successor unused. */
export type Verdict = 'current' | 'predecessor' | Refusal;

/** What holds at this moment, whatever was in force when the family began. */
export interface GraceRule {
  /** Seconds in which a predecessor is taken for a retry. */
  readonly grace: number;
  /** Seconds since the family was issued after which it ends; left out for never. */
  readonly absoluteLifetime?: number;
  /** What the client is registered for: what it has lost since the grant it can't ask for. */
  readonly clientScopes?: readonly string[];
  readonly clientAudiences?: readonly string[];
  /** Time in which nobody could be answered, which does not count against a retry. */
  readonly outage?: Outage;
}

type Check = (family: FamilyState, presentation: Presentation, rule: GraceRule) => Refusal | undefined;

/**
 * What comes first: whatever binds the token is checked before its age, and its age before its use, so
 * that nobody but its owner can spend or kill it (law L4).
 */
const CHECKS: readonly Check[] = [
  (family, { clientId }) => (family.client_id === clientId ? undefined : 'wrong_client'),
  (family, presentation) => (keyOf(family, presentation) && !presentation.jkt ? 'proof_missing' : undefined),
  (family, presentation) => {
    const key = keyOf(family, presentation);
    return key && key !== presentation.jkt ? 'wrong_proof_key' : undefined;
  },
  (family) => (family.revoked_at ? 'revoked' : undefined),
  (family, _, { absoluteLifetime }) => (isExpired(family, absoluteLifetime) ? 'expired' : undefined),
  (family) => (family.client_live ? undefined : 'client_gone'),
  (family) => (family.user_live ? undefined : 'user_gone'),
  ({ scopes: granted }, { scopes }, { clientScopes = granted }) =>
    isWithin(scopes, granted) && isWithin(scopes, clientScopes) ? undefined : 'scope_too_wide',
  ({ audiences: granted }, { audiences }, { clientAudiences = granted }) =>
    isWithin(audiences, granted) && isWithin(audiences, clientAudiences) ? undefined : 'resource_not_granted',
];

/**
 * Judges a genuine token against its family. Pure: the family's row carries the database's clock.
 *
 * A generation before the last, or the last one outside grace, is a replay for ever: no history is kept.
 */
export function judgePresentation(family: FamilyState, presentation: Presentation, rule: GraceRule): Verdict {
  for (const check of CHECKS) {
    const refusal = check(family, presentation, rule);
    if (refusal) return refusal;
  }
  return judgeGeneration(family, presentation, rule);
}

/**
 * The key that the presented token is bound to. A token issued before its family was bound is bound to none:
 * otherwise a thief who binds a stolen token would be safe from its owner's replay.
 */
function keyOf(family: FamilyState, { generation }: Presentation): string | undefined {
  const isBound = generation >= (family.dpop_bound_generation ?? 0);
  return isBound ? (family.dpop_jkt ?? undefined) : undefined;
}

function isExpired({ issued_at, expires_at, now }: FamilyState, absoluteLifetime = Infinity): boolean {
  return expires_at <= now || now.getTime() - issued_at.getTime() >= absoluteLifetime * 1000;
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
