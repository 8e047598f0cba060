import { Injectable } from '@nestjs/common';
import { type Transaction } from '../database/sql-session.js';
import { AuditChain, type AuditLink, type LinkBefore } from './audit-chain.js';
import { auditDocument, type AuditEntry } from './audit-entry.js';
import { AuditRepository } from './audit.repository.js';

/** Writes down who did what. An entry is there if, and only if, what it tells of was committed. */
@Injectable()
export class AuditLog {
  private readonly pending = new WeakMap<Transaction, AuditEntry[]>();

  constructor(
    private readonly repository: AuditRepository,
    private readonly chain: AuditChain,
  ) {}

  /**
   * Adds an entry to what the transaction commits. The chain is one for all replicas: it is locked from just
   * before the commit to its end, so that transactions wait for each other's last moment only, and after all
   * else that they lock, so that none can deadlock on it.
   */
  append(transaction: Transaction, entry: AuditEntry): void {
    const known = this.pending.get(transaction);
    if (known) {
      known.push(entry);
      return;
    }
    const entries = [entry];
    this.pending.set(transaction, entries);
    transaction.beforeCommit(() => this.write(transaction, entries));
  }

  private async write(transaction: Transaction, entries: readonly AuditEntry[]): Promise<void> {
    const { now, ...head } = await this.repository.lockHead(transaction);
    const links: AuditLink[] = [];
    let before: LinkBefore = head;
    for (const entry of entries) {
      const link = this.chain.link(before, JSON.stringify(auditDocument(entry, before.sequence + 1, now)));
      links.push(link);
      before = link;
    }
    await this.repository.append(transaction, links, now);
  }
}
