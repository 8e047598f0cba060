import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type AuthorizedRequest } from './access-token.guard.js';

/** Hands a handler the claims of the token that the guard has verified. */
export const AccessTokenClaims = createParamDecorator(
  (_data: undefined, context: ExecutionContext) =>
    context.switchToHttp().getRequest<AuthorizedRequest>().accessToken,
);
