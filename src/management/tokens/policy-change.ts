import { type ClientEntity } from '../../clients/client.entity.js';
import { registrationProblems } from '../../clients/client-registration.js';
import {
  type ClientTokenPolicy,
  effectivePolicy,
  POLICY_SETTINGS,
  type TokenPolicy,
} from '../../clients/token-policy.js';
import { type TokensSettings } from '../../config/tokens.config.js';
import { type SettingChangeDocument } from './policy-preview.documents.js';

/** What a change of settings makes of one client. */
export interface PolicyChange {
  readonly client: ClientEntity;
  readonly after: TokenPolicy;
  readonly changes: SettingChangeDocument[];
  /** That were none before. */
  readonly problems: string[];
}

/** The server's defaults with some of them replaced. */
export function changedDefaults(patch: ClientTokenPolicy, defaults: TokensSettings): TokensSettings {
  return Object.assign({}, defaults, effectivePolicy(patch, defaults));
}

/** @returns `undefined` where nothing in force changes */
export function policyChange(
  client: ClientEntity,
  before: TokenPolicy,
  after: TokenPolicy,
): PolicyChange | undefined {
  const changes = Object.entries(POLICY_SETTINGS)
    .filter(([, inForce]) => before[inForce] !== after[inForce])
    .map(([setting, inForce]) => ({ setting, before: before[inForce], after: after[inForce] }));
  if (changes.length === 0) return undefined;
  const known = problemsUnder(client, before);
  const problems = problemsUnder(client, after).filter((problem) => !known.includes(problem));
  return { client, after, changes, problems };
}

/** As if the client had set for itself all that is in force. */
function problemsUnder(client: ClientEntity, policy: TokenPolicy): string[] {
  const settings = Object.entries(POLICY_SETTINGS).map(([name, inForce]) => [name, policy[inForce]] as const);
  const tokenPolicy = Object.fromEntries(settings) as ClientTokenPolicy;
  return registrationProblems(Object.assign({}, client, { tokenPolicy })).map(
    ({ field, problem }) => `${field} ${problem}`,
  );
}
