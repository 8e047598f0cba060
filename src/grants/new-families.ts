import { Injectable } from '@nestjs/common';
import { OAuthError } from '../common/oauth-error.js';
import { Database } from '../database/database.js';
import { type Transaction } from '../database/sql-session.js';
import { RevocationService } from '../revocation/revocation.service.js';
import { BrowserSessions } from '../sessions/browser-sessions.js';
import { type TokenFamily } from '../tokens/families/token-family.js';
import { TokenFamilyRepository } from '../tokens/families/token-family.repository.js';
import { type FamilyGrant, TokenFamilyService } from '../tokens/families/token-family.service.js';

/** A family with its first refresh token. */
export interface BegunFamily {
  readonly family: TokenFamily;
  readonly refreshToken: string;
}

/** What ties tokens to the browser session that they were granted in. */
export type SessionTie = Pick<FamilyGrant, 'client' | 'browserSessionId'>;

const DISPLACED = { reason: 'max_families_per_user', initiator: 'policy' } as const;

/** Begins families within the client's limit, and ties them to the browser session that they were granted in. */
@Injectable()
export class NewFamilies {
  constructor(
    private readonly database: Database,
    private readonly families: TokenFamilyService,
    private readonly repository: TokenFamilyRepository,
    private readonly revocation: RevocationService,
    private readonly sessions: BrowserSessions,
  ) {}

  /** @throws OAuthError `invalid_grant` when the person has signed out meanwhile */
  begin(grant: FamilyGrant, transaction?: Transaction): Promise<BegunFamily> {
    const { maxFamiliesPerUser } = grant.client.policy;
    if (maxFamiliesPerUser === 0 && grant.browserSessionId === undefined)
      return this.families.begin(transaction ?? this.database, grant);
    return this.database.join(transaction, async (joined) => {
      if (maxFamiliesPerUser > 0)
        await this.repository.lockUserAtClient(joined, grant.userId, grant.client.id);
      const begun = await this.families.begin(joined, grant);
      await this.tie(joined, grant, begun.family.id);
      if (maxFamiliesPerUser > 0) await this.revokeOldest(joined, grant, maxFamiliesPerUser);
      return begun;
    });
  }

  /**
   * Has the client told when the person signs out of the browser session; who has, gives no more tokens out.
   *
   * @param sid the session's name at the client
   * @throws OAuthError `invalid_grant`
   */
  async tie(transaction: Transaction, { client, browserSessionId }: SessionTie, sid: string): Promise<void> {
    if (browserSessionId === undefined) return;
    const noted = { sessionId: browserSessionId, clientId: client.id, sid };
    if (!(await this.sessions.noteClient(transaction, noted)))
      throw OAuthError.invalidGrant('the person has signed out');
  }

  private async revokeOldest(
    transaction: Transaction,
    { userId, client }: FamilyGrant,
    keep: number,
  ): Promise<void> {
    for (const id of await this.repository.findLiveBeyond(transaction, userId, client.id, keep)) {
      await this.revocation.revokeFamily(transaction, id, DISPLACED);
    }
  }
}
