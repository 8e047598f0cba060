import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { OAuthError } from '../../common/oauth-error.js';
import { PasswordAuthenticator } from '../../users/password-authenticator.js';
import { type GrantRequest, type GrantResult, type GrantStrategy } from '../grant-strategy.js';
import { grantedAudiences, grantedScopes } from '../../clients/requested-access.js';
import { TokenIssuer } from '../token-issuer.js';

/** The resource owner password credentials grant (RFC 6749 §4.3), for clients that still need it. */
@Injectable()
export class PasswordStrategy implements GrantStrategy {
  readonly grantType = 'password';
  readonly repeatableParameters = ['resource'];

  constructor(
    private readonly passwords: PasswordAuthenticator,
    private readonly issuer: TokenIssuer,
    private readonly clock: Clock,
  ) {}

  async execute({ client, parameters, jkt, address, userAgent }: GrantRequest): Promise<GrantResult> {
    const username = parameters.required('username');
    const password = parameters.required('password');
    const scopes = grantedScopes(client, parameters);
    const audiences = grantedAudiences(client, parameters);
    const user = await this.passwords.authenticate(username, password, address);
    if (!user) throw OAuthError.invalidGrant('username or password is wrong');
    return this.issuer.issueToUser({
      client,
      userId: user.id,
      scopes,
      audiences,
      jkt,
      authTime: this.clock.now(),
      amr: ['pwd'],
      address,
      userAgent,
    });
  }
}
