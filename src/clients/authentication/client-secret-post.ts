import { Injectable } from '@nestjs/common';
import { OAuthError } from '../../common/oauth-error.js';
import { ClientSecrets } from '../client-secrets.js';
import {
  type AuthenticationRequest,
  type ClientAuthenticationMethod,
  type ClientClaim,
} from './client-authentication-method.js';

/** `client_id` and `client_secret` in the body (RFC 6749 §2.3.1). */
@Injectable()
export class ClientSecretPost implements ClientAuthenticationMethod {
  readonly name = 'client_secret_post';

  constructor(private readonly secrets: ClientSecrets) {}

  claim({ authorization, form }: AuthenticationRequest): ClientClaim | undefined {
    const secret = form.optional('client_secret');
    if (secret === undefined) return undefined;
    if (authorization !== undefined) {
      throw OAuthError.invalidRequest('the client authenticates in two ways at once');
    }
    const clientId = form.optional('client_id');
    if (clientId === undefined) throw OAuthError.invalidClient('client_secret needs a client_id');
    return { clientId, verify: (client) => this.secrets.verify(clientId, client?.secrets ?? [], secret) };
  }
}
