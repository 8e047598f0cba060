import { Injectable } from '@nestjs/common';
import {
  type AuthenticationRequest,
  type ClientAuthenticationMethod,
  type ClientClaim,
} from './client-authentication-method.js';

/** `none`: a public client names itself and proves nothing (RFC 6749 §3.2.1). */
@Injectable()
export class PublicClient implements ClientAuthenticationMethod {
  readonly name = 'none';

  claim({ authorization, form }: AuthenticationRequest): ClientClaim | undefined {
    const clientId = form.optional('client_id');
    const usesAnother = authorization !== undefined || form.optional('client_secret') !== undefined;
    if (clientId === undefined || usesAnother) return undefined;
    return { clientId, verify: (client) => client?.isPublic ?? false };
  }
}
