import { ProblemError } from '../../http/problem.js';
import { isManagementScope } from '../../roles/management-scopes.js';
import { type Caller } from './caller.js';

/**
 * Whoever may change what gives power can take that power: so nobody changes, or gives away, more than they have
 * themselves.
 *
 * @param subject as in "the client has the scope …"
 * @throws ProblemError 403
 */
export function requireWithinReach({ scopes }: Caller, subject: string, given: readonly string[]): void {
  const beyond = given.find((scope) => isManagementScope(scope) && !scopes.has(scope));
  if (beyond === undefined) return;
  const detail = `${subject} has the scope ${beyond}, which your access token lacks`;
  throw ProblemError.of('forbidden', detail, {}, { required_scope: beyond });
}
