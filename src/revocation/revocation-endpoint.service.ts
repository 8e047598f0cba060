import { Inject, Injectable } from '@nestjs/common';
import { type Client } from '../clients/client.js';
import { OAuthError } from '../common/oauth-error.js';
import { tokensConfig, type TokensSettings } from '../config/tokens.config.js';
import { Database } from '../database/database.js';
import { type AccessTokenClaims } from '../tokens/access-tokens/access-token.js';
import { AccessTokenReader } from '../tokens/access-tokens/access-token.reader.js';
import { TokenFamilyService } from '../tokens/families/token-family.service.js';
import { Denylist } from './denylist/denylist.js';
import { sessionEntry } from './denylist/denylist-entry.js';
import { FamilyRevocationBatcher } from './family-revocation-batcher.js';
import { RevocationService } from './revocation.service.js';

/** What a request revoked, in names that are no tokens. */
export interface Revoked {
  readonly jti?: string;
  readonly familyId?: string;
  readonly userId?: string;
}

const CAUSE = { reason: 'client_request', initiator: 'user' } as const;

/**
 * Token revocation (RFC 7009): of whichever kind the token is, if it is the client's own. A token that is
 * not valid is no error: what the client wants is so already (RFC 7009 §2.2).
 */
@Injectable()
export class RevocationEndpointService {
  constructor(
    private readonly database: Database,
    private readonly families: TokenFamilyService,
    private readonly accessTokens: AccessTokenReader,
    private readonly revocation: RevocationService,
    private readonly batcher: FamilyRevocationBatcher,
    private readonly denylist: Denylist,
    @Inject(tokensConfig.KEY) private readonly settings: TokensSettings,
  ) {}

  /**
   * Durable when it returns. The kinds of token are told apart by their form, so that no hint is needed to
   * find one.
   *
   * @throws OAuthError `invalid_grant` for a token of another client, which stays as it is
   */
  async revoke(client: Client, token: string): Promise<Revoked> {
    const familyId = this.families.idOf(token);
    if (familyId !== undefined) return this.revokeFamily(client, familyId);
    const claims = await this.accessTokens.read(token);
    return claims ? this.revokeAccessToken(client, claims) : {};
  }

  private async revokeFamily(client: Client, familyId: string): Promise<Revoked> {
    const revoked = await this.batcher.revoke(familyId, client.id);
    if (revoked) return revoked;
    const family = await this.families.findById(familyId);
    if (!family) return {};
    requireOwner(client, family.client_id, familyId);
    // Revoked already: whoever did may not have come to list it yet.
    await this.denylist.add([sessionEntry(familyId)]);
    return { familyId, userId: family.user_id };
  }

  private async revokeAccessToken(client: Client, claims: AccessTokenClaims): Promise<Revoked> {
    requireOwner(client, claims.client_id, claims.sid);
    const { jti, sid, sub: userId } = claims;
    const familyId = this.settings.cascadeFromAccessToken ? sid : undefined;
    await this.database.transaction(async (transaction) => {
      await this.revocation.revokeAccessToken(transaction, claims, CAUSE);
      if (familyId) await this.revocation.revokeFamily(transaction, familyId, CAUSE);
    });
    return { jti, familyId, userId: sid && userId };
  }
}

function requireOwner(client: Client, owner: string, familyId: string | undefined): void {
  if (client.id === owner) return;
  const options = { detail: 'wrong_client', about: { familyId } };
  throw OAuthError.invalidGrant('the token was issued to another client', options);
}
