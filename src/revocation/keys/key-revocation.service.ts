import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { type Transaction } from '../../database/sql-session.js';
import { OutboxRepository } from '../../events/outbox.repository.js';
import { TokenKeyManager } from '../../tokens/keys/token-key.manager.js';
import { Denylist } from '../denylist/denylist.js';
import { keyEntry } from '../denylist/denylist-entry.js';
import { type RevokedKey, RevokedKeyRepository } from './revoked-key.repository.js';

const CAUSE = { reason: 'key_compromised', initiator: 'admin' } as const;

/**
 * Ends every access token that was signed or encrypted under a key which somebody else may have got hold of:
 * the genuine ones, and those that this somebody makes. Refresh tokens are made without it, and live on.
 */
@Injectable()
export class KeyRevocationService {
  private readonly logger = new Logger(KeyRevocationService.name);

  constructor(
    private readonly database: Database,
    private readonly keys: TokenKeyManager,
    private readonly repository: RevokedKeyRepository,
    private readonly outbox: OutboxRepository,
    private readonly denylist: Denylist,
  ) {}

  /**
   * Removes the key, for good, and remembers it as revoked, with one event (laws L2 and L5). Where it signed,
   * a new one does from now on. A key that was revoked before stays as it is.
   *
   * @param reason in the words of whoever revokes it
   * @returns `undefined` when there is no such key
   */
  revoke(kid: string, reason: string, transaction?: Transaction): Promise<RevokedKey | undefined> {
    return this.database.join(transaction, async (joined) => {
      const key = await this.keys.withdraw(joined, kid);
      if (!key) return this.again(joined, kid);
      const revoked = await this.repository.insert(joined, { ...key, reason });
      await this.outbox.append(joined, { type: 'signing-key-revoked', keyId: kid, ...CAUSE });
      this.list(joined, kid);
      this.logger.warn({ securityEvent: 'signing_key_revoked', kid, algorithm: key.algorithm });
      return revoked;
    });
  }

  /** Whoever revoked it may not have come to list it yet. */
  private async again(transaction: Transaction, kid: string): Promise<RevokedKey | undefined> {
    const revoked = await this.repository.findByKid(kid, transaction);
    if (revoked) this.list(transaction, kid);
    return revoked;
  }

  private list(transaction: Transaction, kid: string): void {
    transaction.afterCommit(() => this.denylist.add([keyEntry(kid)]));
  }
}
