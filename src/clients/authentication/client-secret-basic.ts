import { Injectable } from '@nestjs/common';
import { decodeFormComponent } from '../../common/form-parameters.js';
import { OAuthError } from '../../common/oauth-error.js';
import { ClientSecrets } from '../client-secrets.js';
import {
  type AuthenticationRequest,
  type ClientAuthenticationMethod,
  type ClientClaim,
} from './client-authentication-method.js';

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** HTTP Basic, id and secret form-urlencoded first (RFC 6749 §2.3.1). */
@Injectable()
export class ClientSecretBasic implements ClientAuthenticationMethod {
  readonly name = 'client_secret_basic';

  constructor(private readonly secrets: ClientSecrets) {}

  claim({ authorization, form }: AuthenticationRequest): ClientClaim | undefined {
    if (authorization === undefined) return undefined;
    const { clientId, secret } = parseBasic(authorization);
    const bodyId = form.optional('client_id');
    if (bodyId !== undefined && bodyId !== clientId) {
      throw OAuthError.invalidRequest('client_id differs from the Authorization header');
    }
    return { clientId, verify: (client) => this.secrets.verify(clientId, client?.secrets ?? [], secret) };
  }
}

function parseBasic(authorization: string): { clientId: string; secret: string } {
  const [, encoded = ''] = /^basic +(\S+)$/i.exec(authorization) ?? [];
  if (!BASE64.test(encoded)) throw OAuthError.invalidClient('the Authorization header is not valid Basic');
  const credentials = Buffer.from(encoded, 'base64').toString('latin1');
  const colon = credentials.indexOf(':');
  if (colon < 1) throw OAuthError.invalidClient('the Basic credentials need an id and a secret');
  return { clientId: decode(credentials.slice(0, colon)), secret: decode(credentials.slice(colon + 1)) };
}

function decode(component: string): string {
  try {
    return decodeFormComponent(component);
  } catch (cause) {
    throw OAuthError.invalidClient('the Basic credentials are not form-urlencoded UTF-8', { cause });
  }
}
