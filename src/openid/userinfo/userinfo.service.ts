import { Injectable } from '@nestjs/common';
import { OAuthError } from '../../common/oauth-error.js';
import { ScopeSet } from '../../common/scope-set.js';
import { type AccessTokenClaims } from '../../tokens/access-tokens/access-token.js';
import { claimsWithin } from '../../tokens/id-tokens/scope-claims.js';
import { UserProfiles } from '../../users/user-profiles.js';

/** Claims about a user (OIDC Core §5.3.2). */
export type UserInfo = Readonly<Record<string, unknown>> & { readonly sub: string };

/** Says of a user what the scopes of an access token allow. */
@Injectable()
export class UserInfoService {
  constructor(private readonly profiles: UserProfiles) {}

  /**
   * @param claims of a token that is alive
   * @throws OAuthError `invalid_token` for one of a client itself, or of a user who is gone
   */
  async of({ sub, client_id: clientId, scope = '' }: AccessTokenClaims): Promise<UserInfo> {
    const profile = sub === clientId ? undefined : await this.profiles.find(sub);
    if (!profile) throw OAuthError.invalidToken('the access token is of no user');
    return { ...claimsWithin(ScopeSet.of(scope.split(' ')), profile), sub };
  }
}
