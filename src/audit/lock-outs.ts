import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Database } from '../database/database.js';
import { type AuditTarget, SYSTEM } from './audit-entry.js';
import { AuditLog } from './audit-log.js';

/** Too many failed attempts: from one address, for one user or client where they name one. */
export interface LockOut {
  readonly what: 'user' | 'client';
  readonly address: string;
  /** Left out for a name that nobody has: it may be a password, typed into the wrong field. */
  readonly id?: string;
  /** Seconds. */
  readonly wait: number;
}

/** Attempts that are under way as the limit is passed find the same. */
const QUIET_MS = 60_000;
const CAPACITY = 10_000;

/** Writes down in the audit log who is locked out. */
@Injectable()
export class LockOuts {
  private readonly logger = new Logger(LockOuts.name);
  private readonly told = new LRUCache<string, true>({ max: CAPACITY, ttl: QUIET_MS });

  constructor(
    private readonly database: Database,
    private readonly audit: AuditLog,
  ) {}

  /** The lock-out holds, whether it comes to an entry or not. */
  async tell(lockOut: LockOut): Promise<void> {
    const key = `${lockOut.what}\0${lockOut.id ?? ''}\0${lockOut.address}`;
    if (this.told.has(key)) return;
    this.told.set(key, true);
    try {
      await this.write(lockOut);
    } catch (error) {
      this.told.delete(key);
      this.logger.warn({ err: error }, 'a lock-out is not in the audit log');
    }
  }

  private async write({ what, address, id, wait }: LockOut): Promise<void> {
    const target: AuditTarget | undefined = id === undefined ? undefined : { type: what, id };
    await this.database.transaction((transaction) => {
      this.audit.append(transaction, {
        actor: SYSTEM,
        action: `${what}.locked_out`,
        target,
        details: { address, wait_seconds: wait },
      });
      return Promise.resolve();
    });
  }
}
