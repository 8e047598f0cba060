import { Inject, Injectable } from '@nestjs/common';
import { type Client } from '../clients/client.js';
import { RandomSource } from '../common/random-source.js';
import { ScopeSet } from '../common/scope-set.js';
import { tokensConfig, type TokensSettings } from '../config/tokens.config.js';
import { Database } from '../database/database.js';
import { type Transaction } from '../database/sql-session.js';
import { RevocationService } from '../revocation/revocation.service.js';
import { type AccessTokenClaims, type AccessTokenRequest } from '../tokens/access-tokens/access-token.js';
import { AccessTokenService } from '../tokens/access-tokens/access-token.service.js';
import { type IdTokenRequest } from '../tokens/id-tokens/id-token.js';
import { IdTokenService } from '../tokens/id-tokens/id-token.service.js';
import { OPENID_SCOPE } from '../tokens/id-tokens/scope-claims.js';
import { type TokenFamily } from '../tokens/families/token-family.js';
import { TokenFamilyRepository } from '../tokens/families/token-family.repository.js';
import { type FamilyGrant } from '../tokens/families/token-family.service.js';
import { NewFamilies } from './new-families.js';
import { type GrantResult, type TokenResponse } from './grant-strategy.js';
import { REFRESH_TOKEN_GRANT } from '../tokens/families/refresh-token-grant.js';

/** What a user granted a client, by whichever grant. */
export interface UserGrant extends Omit<FamilyGrant, 'scopes'> {
  readonly scopes: ScopeSet;
  /** Those of `audiences` that the first access token is for, where the request narrows it (RFC 8707 §2.2). */
  readonly narrowedAudiences?: readonly string[];
  /** Of the authorization request, for the ID token of this answer. */
  readonly nonce?: string;
}

/** What was issued; an access token that belongs to no family is told by its claims. */
export interface IssuedGrant extends GrantResult {
  readonly claims?: AccessTokenClaims;
}

/** A family's tokens for one answer: `scopes` and `audiences` as narrowed by the request. */
export interface FamilyTokens {
  readonly client: Client;
  readonly family: TokenFamily;
  readonly refreshToken: string;
  readonly scopes: ScopeSet;
  readonly audiences: readonly string[];
  readonly jkt?: string;
  readonly nonce?: string;
}

/** Turns what was granted into the answer of the token endpoint. */
@Injectable()
export class TokenIssuer {
  constructor(
    private readonly database: Database,
    private readonly newFamilies: NewFamilies,
    private readonly repository: TokenFamilyRepository,
    private readonly revocation: RevocationService,
    private readonly accessTokens: AccessTokenService,
    private readonly idTokens: IdTokenService,
    private readonly random: RandomSource,
    @Inject(tokensConfig.KEY) private readonly settings: TokensSettings,
  ) {}

  /**
   * Begins a session: with a refresh token where client and server allow the refresh grant.
   *
   * @param transaction given where what is issued must commit together with something else
   */
  async issueToUser(grant: UserGrant, transaction?: Transaction): Promise<IssuedGrant> {
    const { client, scopes, jkt, nonce } = grant;
    const audiences = grant.narrowedAudiences ?? grant.audiences;
    if (!this.mayRefresh(client)) return this.issueWithoutFamily({ ...grant, audiences }, transaction);
    const begun = {
      ...grant,
      scopes: scopes.values,
      // A confidential client proves itself at each refresh, so that its key may change (RFC 9449 §5).
      jkt: client.isPublic ? jkt : undefined,
    };
    const { family, refreshToken } = await this.newFamilies.begin(begun, transaction);
    const tokens = { client, family, refreshToken, scopes, audiences, jkt, nonce };
    const response = client.policy.revokePreviousAccessToken
      ? await this.database.join(transaction, (joined) => this.answer(tokens, joined))
      : await this.answer(tokens, transaction);
    return { response, outcome: 'issued', familyId: family.id };
  }

  /** An access token for the client itself; never a refresh token (RFC 6749 §4.4.3). */
  async issueToClient(client: Client, scopes: ScopeSet, audiences: readonly string[], jkt?: string) {
    return this.issueAccessToken({ client, subject: client.id, scopes, audiences, jkt });
  }

  /**
   * The answer for a family, begun or refreshed.
   *
   * @param transaction given where it is part of one, as it must be where the policy has the access token before
   *   this one revoked
   */
  async answer(tokens: FamilyTokens, transaction?: Transaction): Promise<TokenResponse> {
    const { client, family, refreshToken, scopes, audiences, jkt, nonce } = tokens;
    const { id: sid, user_id: userId, auth_time: authTime, acr, amr } = family;
    const { response, claims } = await this.issueAccessToken({
      client,
      scopes,
      audiences,
      jkt,
      subject: userId,
      sessionId: sid,
      authTime,
      acr,
      amr,
    });
    if (transaction && client.policy.revokePreviousAccessToken)
      await this.supersede(transaction, family.id, claims);
    if (scopes.has(OPENID_SCOPE)) {
      const about = { client, userId, scopes, authTime, acr, amr, sid, nonce };
      await this.addIdToken(response, about, transaction);
    }
    const lifetime = Math.round((family.expires_at.getTime() - family.now.getTime()) / 1000);
    return Object.assign(response, {
      refresh_token: refreshToken,
      refresh_token_expires_in: Math.max(0, lifetime),
    });
  }

  private async issueWithoutFamily(grant: UserGrant, transaction?: Transaction): Promise<IssuedGrant> {
    const issued = await this.issueAccessToken({ ...grant, subject: grant.userId });
    if (!grant.scopes.has(OPENID_SCOPE)) return issued;
    const sid = grant.browserSessionId === undefined ? undefined : this.random.uuid();
    if (sid !== undefined)
      await this.database.join(transaction, (joined) => this.newFamilies.tie(joined, grant, sid));
    await this.addIdToken(issued.response, { ...grant, sid }, transaction);
    return issued;
  }

  private async addIdToken(
    response: TokenResponse,
    about: Omit<IdTokenRequest, 'accessToken'>,
    transaction?: Transaction,
  ): Promise<void> {
    const request = { ...about, accessToken: response.access_token };
    Object.assign(response, { id_token: await this.idTokens.mint(request, transaction) });
  }

  private async supersede(
    transaction: Transaction,
    familyId: string,
    claims: AccessTokenClaims,
  ): Promise<void> {
    const before = await this.repository.replaceAccessToken(transaction, familyId, claims);
    if (!before || before.exp <= claims.iat) return;
    const cause = { reason: 'superseded', initiator: 'policy' } as const;
    await this.revocation.revokeAccessToken(transaction, { ...claims, ...before }, cause);
  }

  private async issueAccessToken(
    request: AccessTokenRequest,
  ): Promise<IssuedGrant & { claims: AccessTokenClaims }> {
    const { token, claims, type, expiresIn } = await this.accessTokens.mint(request);
    const scope = request.scopes.isEmpty ? undefined : request.scopes.toString();
    const response = {
      access_token: token,
      token_type: type,
      expires_in: expiresIn,
      ...(scope && { scope }),
    };
    return { response, claims, outcome: 'issued' };
  }

  private mayRefresh(client: Client): boolean {
    return (
      client.mayUse(REFRESH_TOKEN_GRANT) && !this.settings.disabledGrantTypes.includes(REFRESH_TOKEN_GRANT)
    );
  }
}
