import { Injectable } from '@nestjs/common';
import { OAuthError } from '../../common/oauth-error.js';
import { type GrantRequest, type GrantResult, type GrantStrategy } from '../grant-strategy.js';
import { grantedAudiences, grantedScopes } from '../../clients/requested-access.js';
import { TokenIssuer } from '../token-issuer.js';

/** The client credentials grant (RFC 6749 §4.4): the client on its own behalf, without a refresh token. */
@Injectable()
export class ClientCredentialsStrategy implements GrantStrategy {
  readonly grantType = 'client_credentials';
  readonly repeatableParameters = ['resource'];

  constructor(private readonly issuer: TokenIssuer) {}

  async execute({ client, parameters, jkt }: GrantRequest): Promise<GrantResult> {
    if (client.isPublic) throw OAuthError.unauthorizedClient('this grant needs a confidential client');
    const scopes = grantedScopes(client, parameters);
    return this.issuer.issueToClient(client, scopes, grantedAudiences(client, parameters), jkt);
  }
}
