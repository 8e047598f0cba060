import { Injectable } from '@nestjs/common';
import { type Transaction } from '../database/sql-session.js';
import { OutboxRepository } from '../events/outbox.repository.js';
import { type RevocationCause, type RevocationEvent } from '../events/revocation-event.js';
import { type AccessTokenClaims } from '../tokens/access-tokens/access-token.js';
import { BrowserSessions } from '../sessions/browser-sessions.js';
import { TokenFamilyRepository } from '../tokens/families/token-family.repository.js';
import { Denylist } from './denylist/denylist.js';
import { accessTokenEntry, type DenylistEntry, entryOf, sessionEntry } from './denylist/denylist-entry.js';
import { RevocationMetrics } from './revocation-metrics.js';
import { RevocationRepository } from './revocation.repository.js';

/**
 * Ends tokens. Each method changes the truth and appends its event in the caller's transaction, so that
 * neither is there without the other (law L5), and says whether anything was alive.
 */
@Injectable()
export class RevocationService {
  constructor(
    private readonly families: TokenFamilyRepository,
    private readonly repository: RevocationRepository,
    private readonly sessions: BrowserSessions,
    private readonly outbox: OutboxRepository,
    private readonly denylist: Denylist,
    private readonly metrics: RevocationMetrics,
  ) {}

  /** One access token; its family goes on. */
  async revokeAccessToken(
    transaction: Transaction,
    {
      jti,
      client_id: clientId,
      sub: subject,
      exp,
    }: Pick<AccessTokenClaims, 'jti' | 'client_id' | 'sub' | 'exp'>,
    cause: RevocationCause,
  ): Promise<boolean> {
    const revoked = { jti, clientId, expiresAt: exp, reason: cause.reason };
    const isNew = await this.repository.insertAccessToken(transaction, revoked);
    if (!isNew) this.list(transaction, accessTokenEntry(jti));
    else {
      await this.record(transaction, {
        type: 'access-token-revoked',
        jti,
        subject,
        clientId,
        ...cause,
      });
    }
    return isNew;
  }

  /** A family: its refresh token and every access token of it. */
  async revokeFamily(transaction: Transaction, familyId: string, cause: RevocationCause): Promise<boolean> {
    const family = await this.families.revoke(transaction, familyId, cause.reason);
    if (!family) {
      this.list(transaction, sessionEntry(familyId));
      return false;
    }
    const { id: sessionId, user_id: subject, client_id: clientId } = family;
    await this.record(transaction, {
      type: 'token-family-revoked',
      subject,
      sessionId,
      clientId,
      ...cause,
    });
    return true;
  }

  /** All that a user has, at every client: one event, however many families. They are signed out in every browser. */
  async revokeUser(transaction: Transaction, userId: string, cause: RevocationCause): Promise<boolean> {
    if (!(await this.repository.cutOffUser(transaction, userId))) return false;
    await this.repository.revokeByUser(transaction, userId, undefined, cause.reason);
    await this.sessions.endByUser(transaction, userId);
    await this.record(transaction, { type: 'user-tokens-revoked', subject: userId, ...cause });
    return true;
  }

  /** A user's families at one client. */
  async revokeUserAtClient(
    transaction: Transaction,
    userId: string,
    clientId: string,
    cause: RevocationCause,
  ) {
    if ((await this.repository.revokeByUser(transaction, userId, clientId, cause.reason)) === 0) return false;
    const subject = userId;
    await this.record(transaction, {
      type: 'user-client-tokens-revoked',
      subject,
      clientId,
      ...cause,
    });
    return true;
  }

  /** All that was issued to a client: a cutoff, O(1) however many families it has. */
  async revokeClient(transaction: Transaction, clientId: string, cause: RevocationCause): Promise<boolean> {
    if (!(await this.repository.cutOffClient(transaction, clientId))) return false;
    await this.record(transaction, { type: 'client-tokens-revoked', clientId, ...cause });
    return true;
  }

  /** Everything that was ever issued: a cutoff, O(1). */
  async revokeEverybody(transaction: Transaction, cause: RevocationCause): Promise<void> {
    await this.repository.cutOffEverybody(transaction);
    await this.record(transaction, { type: 'all-tokens-revoked', ...cause });
  }

  /** The event commits with the change. */
  private async record(transaction: Transaction, event: RevocationEvent): Promise<void> {
    const occurredAt = await this.outbox.append(transaction, event);
    this.list(transaction, entryOf(event, occurredAt.getTime()));
    transaction.afterCommit(() => {
      this.metrics.byReason.count(event.reason);
      return Promise.resolve();
    });
  }

  /**
   * The denylist has it before anybody is told that it is done. Also what was revoked already: whoever did
   * may not have come to list it yet.
   */
  private list(transaction: Transaction, entry: DenylistEntry): void {
    transaction.afterCommit(() => this.denylist.add([entry]));
  }
}
