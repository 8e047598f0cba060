import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type FastifyRequest } from 'fastify';
import { OAuthError } from '../../common/oauth-error.js';
import { ScopeSet } from '../../common/scope-set.js';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { ProblemError } from '../../http/problem.js';
import { noteOutcome } from '../../http/request-log.js';
import { soleHeader } from '../../http/sole-header.js';
import { BearerAuthenticator } from '../../introspection/bearer-authenticator.js';
import { type ManagementScope } from '../management-scopes.js';
import { setCaller } from './caller.js';

/** The scope that an operation needs. */
export const RequiredScope = Reflector.createDecorator<ManagementScope>();

/**
 * Lets a request pass only with an access token of our own that is alive, meant for this issuer, and has the
 * operation's scope, and is a client's own. An operation without one lets nobody pass.
 */
@Injectable()
export class ManagementGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly bearers: BearerAuthenticator,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const scope = this.reflector.get(RequiredScope, context.getHandler()) as ManagementScope | undefined;
    if (!scope) throw new Error('an operation of the management API names no scope');
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    soleHeader(request, 'authorization');
    const claims = await this.bearers.authenticate(request, scope);
    if (![claims.aud].flat().includes(this.http.issuerUrl)) {
      throw OAuthError.invalidToken('the access token is meant for another audience');
    }
    // A scope is the client's; what a person may do takes a role, and nothing gives one yet.
    if (claims.sub !== claims.client_id)
      throw ProblemError.forbidden('access tokens of people are not taken');
    noteOutcome(request, { clientId: claims.client_id });
    setCaller(request, {
      actor: { type: 'client', id: claims.sub },
      scopes: ScopeSet.of((claims.scope ?? '').split(' ')),
      requestId: request.id,
    });
    return true;
  }
}
