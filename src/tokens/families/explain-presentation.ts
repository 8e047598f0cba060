import { type ExplainedCheck } from '../explained-check.js';
import { CHECKS, type CheckedRefusal, type GraceRule, keyOf } from './judge-presentation.js';
import { REMEDIES } from './refusal-remedies.js';
import { type FamilyState, type Presentation } from './token-family.js';

type Describe = (family: FamilyState, presentation: Presentation, rule: GraceRule) => string;

/** What each check looked at. */
const FOUND: Readonly<Record<CheckedRefusal, Describe>> = {
  unknown: ({ generation }, presentation) =>
    `a token of generation ${presentation.generation}, the family being at ${generation}`,
  wrong_client: ({ client_id }, { clientId }) => `issued to ${client_id}, presented by ${clientId}`,
  proof_missing: (family, presentation) =>
    `bound to ${keyOf(family, presentation) ?? 'no key'}, ${presentation.jkt === undefined ? 'no proof' : 'a proof'}`,
  wrong_proof_key: (family, presentation) =>
    `bound to ${keyOf(family, presentation) ?? 'no key'}, a proof by ${presentation.jkt ?? 'none'}`,
  revoked: ({ revoked_at }) => (revoked_at ? `revoked at ${revoked_at.toISOString()}` : 'not revoked'),
  expired: ({ issued_at, expires_at }, _, { absoluteLifetime }) =>
    `issued at ${issued_at.toISOString()}, expires at ${expires_at.toISOString()}` +
    (absoluteLifetime === undefined ? '' : `, and ${absoluteLifetime} s after it was issued`),
  client_gone: ({ client_live }) =>
    client_live ? 'in order' : 'deleted, disabled, or its tokens were revoked',
  user_gone: ({ user_live }) => (user_live ? 'in order' : 'deleted, disabled, or signed out'),
  scope_too_wide: ({ scopes: granted }, { scopes }, { clientScopes = granted }) =>
    `granted ${listed(granted)}, the client registered for ${listed(clientScopes)}, asked for ${listed(scopes)}`,
  resource_not_granted: ({ audiences: granted }, { audiences }, { clientAudiences = granted }) =>
    `granted ${listed(granted)}, the client registered for ${listed(clientAudiences)}, asked for ${listed(audiences)}`,
  replayed: ({ generation, rotated_at, now }, presentation, { grace }) =>
    `${generation - presentation.generation} generations behind` +
    (rotated_at ? `, rotated ${ago(now, rotated_at)} s ago` : '') +
    `, grace ${grace} s`,
};

/** Every check that `judgePresentation` makes, in its order: the first that failed is the verdict. */
export function explainPresentation(
  family: FamilyState,
  presentation: Presentation,
  rule: GraceRule,
): ExplainedCheck[] {
  return CHECKS.map(({ refusal, holds }) => ({
    check: refusal,
    passed: holds(family, presentation, rule),
    found: FOUND[refusal](family, presentation, rule),
    needed: REMEDIES[refusal],
  }));
}

function listed(values: readonly string[] | undefined): string {
  if (values === undefined) return 'all that was granted';
  return values.length === 0 ? 'none' : values.join(' ');
}

function ago(now: Date, then: Date): number {
  return Math.round((now.getTime() - then.getTime()) / 1000);
}
