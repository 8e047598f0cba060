import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { decodeFormComponent } from '../../common/form-parameters.js';
import { OAuthError } from '../../common/oauth-error.js';
import { type Client } from '../client.js';
import { ClientSecrets } from '../client-secrets.js';
import {
  type AuthenticationRequest,
  type ClientAuthenticationMethod,
  type ClientClaim,
} from './client-authentication-method.js';

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** Headers that are read once for all: of clients that ask often. */
const REMEMBERED = 1_000;

interface Credentials {
  readonly clientId: string;
  readonly secret: string;
}

/** HTTP Basic, id and secret form-urlencoded first (RFC 6749 §2.3.1). */
@Injectable()
export class ClientSecretBasic implements ClientAuthenticationMethod {
  readonly name = 'client_secret_basic';

  /** What a header says, once it was found right: only who knows a secret is remembered, and is still asked for it. */
  private readonly known = new LRUCache<string, Credentials>({ max: REMEMBERED });

  constructor(private readonly secrets: ClientSecrets) {}

  claim({ authorization, form }: AuthenticationRequest): ClientClaim | undefined {
    if (authorization === undefined) return undefined;
    const known = this.known.get(authorization);
    const credentials = known ?? parseBasic(authorization);
    const { clientId, secret } = credentials;
    const bodyId = form.optional('client_id');
    if (bodyId !== undefined && bodyId !== clientId) {
      throw OAuthError.invalidRequest('client_id differs from the Authorization header');
    }
    const verify = (client: Client | undefined): boolean => {
      const isRight = this.secrets.verify(clientId, client?.secrets ?? [], secret);
      if (isRight && !known) this.known.set(authorization, credentials);
      return isRight;
    };
    return { clientId, verify };
  }
}

function parseBasic(authorization: string): Credentials {
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
