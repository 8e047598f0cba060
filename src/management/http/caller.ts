import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type Actor } from '../../audit/audit-entry.js';
import { type ScopeSet } from '../../common/scope-set.js';

/** Who calls the management API, as their access token says. */
export interface Caller {
  readonly actor: Actor;
  readonly scopes: ScopeSet;
  /** Of this request, for the audit log. */
  readonly requestId: string;
}

const CALLER = Symbol('caller');

interface AuthenticatedRequest {
  [CALLER]?: Caller;
}

export function setCaller(request: FastifyRequest, caller: Caller): void {
  (request as FastifyRequest & AuthenticatedRequest)[CALLER] = caller;
}

/** The caller that the guard let pass. */
export const CurrentCaller = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const caller = context.switchToHttp().getRequest<FastifyRequest & AuthenticatedRequest>()[CALLER];
  if (!caller) throw new Error('CurrentCaller needs the ManagementGuard');
  return caller;
});
