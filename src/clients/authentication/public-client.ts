import { Injectable } from '@nestjs/common';
import {
  type AuthenticationRequest,
  type ClientAuthenticationMethod,
  type ClientClaim,
} from './client-authentication-method.js';

/** Parameters by which a client that names itself proves more. */
const OTHERS = ['client_secret', 'client_assertion', 'client_assertion_type'];

/** `none`: a public client names itself and proves nothing (RFC 6749 §3.2.1). */
@Injectable()
export class PublicClient implements ClientAuthenticationMethod {
  readonly name = 'none';

  claim({ authorization, form }: AuthenticationRequest): ClientClaim | undefined {
    const clientId = form.optional('client_id');
    const usesAnother =
      authorization !== undefined || OTHERS.some((name) => form.optional(name) !== undefined);
    if (clientId === undefined || usesAnother) return undefined;
    return { clientId, verify: (client) => client?.isPublic ?? false };
  }
}
