import { OAuthError } from '../common/oauth-error.js';
import { isTransientFault } from '../common/transient-fault.js';
import { ProblemError, type ProblemKind } from '../http/problem.js';

/** How a command ends, for scripts. */
export const EXIT = { done: 0, failed: 1, usage: 2, refused: 3 } as const;

/** A command that was not called as it must be. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What the server would not do, or has not. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/** What is told on standard error, where it is more than the error's message. */
const REMEDIES: Readonly<Record<string, string>> = {
  SchemaBehindError: 'run `regrant migrate` first',
};

const USAGE: readonly ProblemKind[] = ['bad-request', 'validation-failed'];
const REFUSED: readonly ProblemKind[] = ['not-found', 'conflict', 'forbidden', 'precondition-failed'];

export function exitCodeOf(failure: unknown): number {
  if (isCommanderError(failure)) return failure.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (failure instanceof UsageError) return EXIT.usage;
  if (failure instanceof RefusedError) return EXIT.refused;
  if (failure instanceof OAuthError) return failure.status < 500 ? EXIT.refused : EXIT.failed;
  if (!(failure instanceof ProblemError)) return EXIT.failed;
  if (USAGE.includes(failure.kind)) return EXIT.usage;
  return REFUSED.includes(failure.kind) ? EXIT.refused : EXIT.failed;
}

/** What to tell the operator; nothing where Commander has. Never a stack, which is of no use to them. */
export function explain(failure: unknown): string {
  if (isCommanderError(failure)) return '';
  return `error: ${messageOf(failure)}\n`;
}

function messageOf(failure: unknown): string {
  if (failure instanceof ProblemError) return messageOfProblem(failure);
  if (failure instanceof OAuthError) return failure.detail ?? failure.description;
  if (!(failure instanceof Error)) return String(failure);
  if (isTransientFault(failure)) return `the database does not answer (${codeOf(failure)})`;
  const remedy = REMEDIES[failure.name];
  return remedy === undefined ? failure.message : `${failure.message}: ${remedy}`;
}

/** Where it is one of several things that are wrong, as a list. */
function messageOfProblem({ detail, extensions: { errors = [] } }: ProblemError): string {
  if (errors.length === 0) return detail;
  const places = errors.map((error) => `${error.pointer.replace(/^#\/?/, '')} ${error.detail}`.trim());
  return places.length === 1 ? places.join('') : ['it has several problems', ...places].join('\n- ');
}

/** Of Node or of Postgres; the message may name what nobody asked for. */
function codeOf(error: Error): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : error.name;
}

/** By its shape: the class is of a package that is nest-commander's own. */
function isCommanderError(failure: unknown): failure is { readonly exitCode: number } {
  return failure instanceof Error && 'exitCode' in failure && 'code' in failure;
}
