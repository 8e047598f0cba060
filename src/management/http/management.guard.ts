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
import { type ManagementScope } from '../../roles/management-scopes.js';
import { UserScopes } from '../../roles/user-scopes.js';
import { type AccessTokenClaims } from '../../tokens/access-tokens/access-token.js';
import { setCaller } from './caller.js';

/** The scope that an operation needs. */
export const RequiredScope = Reflector.createDecorator<ManagementScope>();

/**
 * Lets a request pass only with an access token of our own that is alive, meant for this issuer, and has the
 * operation's scope; a person's only where a role of theirs has it too. An operation without one lets nobody pass.
 */
@Injectable()
export class ManagementGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly bearers: BearerAuthenticator,
    private readonly userScopes: UserScopes,
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
    const given = ScopeSet.of((claims.scope ?? '').split(' '));
    const scopes = isPersons(claims) ? await this.ofPerson(claims.sub, given, scope) : given;
    noteOutcome(request, { clientId: claims.client_id });
    setCaller(request, {
      actor: { type: isPersons(claims) ? 'user' : 'client', id: claims.sub },
      scopes,
      requestId: request.id,
    });
    return true;
  }

  /**
   * A scope is the client's; what a person may do with it, their roles say, as they are now.
   *
   * @throws ProblemError 403
   */
  private async ofPerson(userId: string, given: ScopeSet, needed: ManagementScope): Promise<ScopeSet> {
    const scopes = given.intersect(await this.userScopes.managementScopes(userId));
    if (scopes.has(needed)) return scopes;
    const detail = `no role of yours has the scope ${needed}`;
    const challenge = `Bearer realm="regrant", error="insufficient_scope", scope="${needed}"`;
    throw ProblemError.of('forbidden', detail, { 'www-authenticate': challenge }, { required_scope: needed });
  }
}

/** Tokens of people, and no others, say when somebody signed in. */
function isPersons({ sub, client_id, auth_time }: AccessTokenClaims): boolean {
  return sub !== client_id || auth_time !== undefined;
}
