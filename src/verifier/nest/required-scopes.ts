import { Reflector } from '@nestjs/core';

/** The scopes that a token must have for a handler, or for all of a controller; those of both add up. */
export const RequiredScopes = Reflector.createDecorator<string[]>();
