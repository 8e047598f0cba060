import { type CanActivate, type ExecutionContext, HttpException, Injectable } from '@nestjs/common';
import { HttpAdapterHost, Reflector } from '@nestjs/core';
import { OAuthError } from '../../common/oauth-error.js';
import { ScopeSet } from '../../common/scope-set.js';
import { TokenRefusedError } from '../token-refused-error.js';
import { TokenVerifier, type VerifiedClaims } from '../token-verifier.js';
import { bearerToken, type PlatformRequest } from './bearer-token.js';
import { RequiredScopes } from './required-scopes.js';

/** A request that the guard has let through. */
export interface AuthorizedRequest {
  accessToken: VerifiedClaims;
}

/**
 * Lets through who bears an access token that is alive and has the required scopes; its claims are the
 * request's `accessToken` then. Others are answered as RFC 6750 §3 has it: 401 `invalid_token`, 403
 * `insufficient_scope`; 503 where the verifier has lost touch and nobody can tell.
 */
@Injectable()
export class AccessTokenGuard implements CanActivate {
  constructor(
    private readonly verifier: TokenVerifier,
    private readonly reflector: Reflector,
    private readonly platform: HttpAdapterHost,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<PlatformRequest & Partial<AuthorizedRequest>>();
    const required = this.reflector.getAllAndMerge(RequiredScopes, [
      context.getClass(),
      context.getHandler(),
    ]);
    try {
      const claims = await this.verify(bearerToken(request));
      requireScopes(claims, required);
      request.accessToken = claims;
      return true;
    } catch (error) {
      if (error instanceof OAuthError) throw this.toHttp(error, context);
      throw error;
    }
  }

  private verify(token: string): Promise<VerifiedClaims> {
    return this.verifier.verify(token).catch((error: unknown) => {
      if (!(error instanceof TokenRefusedError)) throw error;
      if (error.reason === 'stale') throw OAuthError.temporarilyUnavailable({ cause: error });
      throw OAuthError.invalidToken(`the access token is ${error.reason}`, { cause: error });
    });
  }

  /** As the service's own filters know errors; the headers are set through Nest, on whatever platform. */
  private toHttp(
    { status, error, description, headers }: OAuthError,
    context: ExecutionContext,
  ): HttpException {
    const response = context.switchToHttp().getResponse<unknown>();
    for (const [name, value] of Object.entries(headers)) {
      this.platform.httpAdapter.setHeader(response, name, value);
    }
    return new HttpException({ error, error_description: description }, status);
  }
}

/** @throws OAuthError `insufficient_scope`, naming all that it takes */
function requireScopes({ scope = '' }: VerifiedClaims, required: readonly string[]): void {
  const needed = ScopeSet.of(required);
  if (!needed.isWithin(ScopeSet.of(scope.split(' ')))) throw OAuthError.insufficientScope(String(needed));
}
