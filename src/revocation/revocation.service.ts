import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { type Transaction } from '../database/sql-session.js';
import { OutboxRepository } from '../events/outbox.repository.js';
import { type Initiator, type RevocationReason } from '../events/revocation-event.js';
import { TokenFamilyRepository } from '../tokens/families/token-family.repository.js';

/** Why, and set off by whom. */
export interface RevocationCause {
  readonly reason: RevocationReason;
  readonly initiator: Initiator;
}

/** Revokes: the change and its event in one transaction, once however often it is asked (law L5). */
@Injectable()
export class RevocationService {
  constructor(
    private readonly database: Database,
    private readonly families: TokenFamilyRepository,
    private readonly outbox: OutboxRepository,
  ) {}

  /**
   * Ends a family, durably when it returns.
   *
   * @returns whether it was alive
   */
  revokeFamily(familyId: string, cause: RevocationCause): Promise<boolean> {
    return this.database.transaction((transaction) => this.revokeFamilyIn(transaction, familyId, cause));
  }

  /** The same inside a transaction of the caller's. */
  async revokeFamilyIn(transaction: Transaction, familyId: string, cause: RevocationCause): Promise<boolean> {
    const family = await this.families.revoke(transaction, familyId, cause.reason);
    if (!family) return false;
    await this.outbox.append(transaction, {
      type: 'token-family-revoked',
      subject: family.user_id,
      sessionId: family.id,
      clientId: family.client_id,
      ...cause,
    });
    return true;
  }
}
