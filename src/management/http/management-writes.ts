import { Injectable } from '@nestjs/common';
import { type AuditEntry } from '../../audit/audit-entry.js';
import { AuditLog } from '../../audit/audit-log.js';
import { Database } from '../../database/database.js';
import { type Transaction } from '../../database/sql-session.js';
import { type Caller } from './caller.js';

/** What a write tells the audit log, besides who did it. */
export type WriteRecord = Omit<AuditEntry, 'actor' | 'requestId'>;

/** A write under way: its transaction, and what is to be written down of it. */
export interface Write {
  readonly transaction: Transaction;
  readonly audit: (record: WriteRecord) => void;
}

/** Runs what an admin changes: the change and its audit entry in one transaction. */
@Injectable()
export class ManagementWrites {
  constructor(
    private readonly database: Database,
    private readonly log: AuditLog,
  ) {}

  run<Result>(caller: Caller, work: (write: Write) => Promise<Result>): Promise<Result> {
    return this.database.transaction((transaction) =>
      work({
        transaction,
        audit: (record) => {
          this.log.append(transaction, { ...record, actor: caller.actor, requestId: caller.requestId });
        },
      }),
    );
  }
}
