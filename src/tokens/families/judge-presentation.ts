import { type Client } from '../../clients/client.js';
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

/** Those that a family's checks end in. */
export type CheckedRefusal = Exclude<Refusal, 'malformed'>;

/** One thing that must hold of a presented token, and what its refusal is called where it does not. */
export interface PresentationCheck {
  readonly refusal: CheckedRefusal;
  readonly holds: (family: FamilyState, presentation: Presentation, rule: GraceRule) => boolean;
}

/**
 * What comes first: whatever binds the token is checked before its age, and its age before its use, so
 * that nobody but its owner can spend or kill it (law L4).
 */
export const CHECKS: readonly PresentationCheck[] = [
  { refusal: 'wrong_client', holds: (family, { clientId }) => family.client_id === clientId },
  {
    refusal: 'proof_missing',
    holds: (family, presentation) => !keyOf(family, presentation) || presentation.jkt !== undefined,
  },
  {
    refusal: 'wrong_proof_key',
    holds: (family, presentation) => (keyOf(family, presentation) ?? presentation.jkt) === presentation.jkt,
  },
  { refusal: 'revoked', holds: (family) => !family.revoked_at },
  { refusal: 'expired', holds: (family, _, { absoluteLifetime }) => !isExpired(family, absoluteLifetime) },
  { refusal: 'client_gone', holds: (family) => family.client_live },
  { refusal: 'user_gone', holds: (family) => family.user_live },
  {
    refusal: 'scope_too_wide',
    holds: ({ scopes: granted }, { scopes }, { clientScopes = granted }) =>
      isWithin(scopes, granted) && isWithin(scopes, clientScopes),
  },
  {
    refusal: 'resource_not_granted',
    holds: ({ audiences: granted }, { audiences }, { clientAudiences = granted }) =>
      isWithin(audiences, granted) && isWithin(audiences, clientAudiences),
  },
  {
    refusal: 'unknown',
    holds: (family, presentation) => isCurrent(family, presentation) || isOlder(family, presentation),
  },
  {
    refusal: 'replayed',
    holds: (family, presentation, rule) =>
      isCurrent(family, presentation) || (isPredecessor(family, presentation) && isInsideGrace(family, rule)),
  },
];

/** The rules in force for a client, and what is known of the last outage. */
export function ruleFor({ policy, scopes, audiences }: Client, outage: Outage | undefined): GraceRule {
  return {
    grace: policy.rotationGrace,
    absoluteLifetime: policy.absoluteLifetime || undefined,
    clientScopes: scopes.values,
    clientAudiences: audiences,
    outage,
  };
}

/**
 * Judges a genuine token against its family. Pure: the family's row carries the database's clock.
 *
 * A generation before the last, or the last one outside grace, is a replay for ever: no history is kept.
 */
export function judgePresentation(family: FamilyState, presentation: Presentation, rule: GraceRule): Verdict {
  const failed = CHECKS.find(({ holds }) => !holds(family, presentation, rule));
  if (failed) return failed.refusal;
  return isCurrent(family, presentation) ? 'current' : 'predecessor';
}

/**
 * The key that the presented token is bound to. A token issued before its family was bound is bound to none:
 * otherwise a thief who binds a stolen token would be safe from its owner's replay.
 */
export function keyOf(family: FamilyState, { generation }: Presentation): string | undefined {
  const isBound = generation >= (family.dpop_bound_generation ?? 0);
  return isBound ? (family.dpop_jkt ?? undefined) : undefined;
}

function isExpired({ issued_at, expires_at, now }: FamilyState, absoluteLifetime = Infinity): boolean {
  return expires_at <= now || now.getTime() - issued_at.getTime() >= absoluteLifetime * 1000;
}

function isOlder(family: FamilyState, { generation }: Presentation): boolean {
  return generation < family.generation;
}

function isCurrent(family: FamilyState, { generation, tokenHash }: Presentation): boolean {
  return generation === family.generation && constantTimeEqual(family.token_hash, tokenHash);
}

function isPredecessor(family: FamilyState, { generation, successorHash }: Presentation): boolean {
  return generation === family.generation - 1 && constantTimeEqual(family.token_hash, successorHash);
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
