import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { AuditLog } from '../../audit/audit-log.js';
import { Database } from '../../database/database.js';
import { type Transaction } from '../../database/sql-session.js';
import { RevocationService } from '../../revocation/revocation.service.js';
import { type Refusal } from '../../tokens/families/token-family.js';

/** What the audit log calls them: a token is where it should not be. */
const ACTIONS = {
  wrong_client: 'refresh_token.used_by_wrong_client',
  wrong_proof_key: 'refresh_token.used_with_wrong_proof_key',
  replayed: 'refresh_token.replayed',
} as const satisfies Partial<Record<Refusal, string>>;

type SecurityEventKind = keyof typeof ACTIONS;

/** A token that was refused: whose, by whom, in which request. */
export interface RefusedToken {
  readonly refusal: Refusal;
  readonly familyId?: string;
  readonly clientId: string;
  readonly requestId: string;
}

interface Occurrence extends Required<Omit<RefusedToken, 'refusal'>> {
  readonly kind: SecurityEventKind;
}

const CAUSE = { reason: 'replay', initiator: 'system' } as const;
/** A client that loops must not fill the audit log, which nobody may prune. */
const QUIET_MS = 60_000;
const CAPACITY = 10_000;

/**
 * Acts on refusals that someone should look at: each is in the log and in the audit log, and a replay ends the
 * family, in one transaction that is committed before the refusal is answered: the error must not undo it.
 */
@Injectable()
export class SecurityEvents {
  private readonly logger = new Logger(SecurityEvents.name);
  /** Per replica, so that a loop leaves an entry a minute for each. */
  private readonly told = new LRUCache<string, true>({ max: CAPACITY, ttl: QUIET_MS });

  constructor(
    private readonly database: Database,
    private readonly revocation: RevocationService,
    private readonly audit: AuditLog,
  ) {}

  async handle({ refusal, familyId, ...from }: RefusedToken): Promise<void> {
    if (!isSecurityEvent(refusal) || familyId === undefined) return;
    const occurrence = { kind: refusal, familyId, ...from };
    this.logger.warn({ securityEvent: `refresh_token_${refusal}`, clientId: from.clientId, familyId });
    if (refusal === 'replayed') await this.endFamily(occurrence);
    else await this.tellOnce(occurrence);
  }

  /** Of concurrent replays one ends the family, and is written down. */
  private async endFamily(replay: Occurrence): Promise<void> {
    await this.database.transaction(async (transaction) => {
      const isEnded = await this.revocation.revokeFamily(transaction, replay.familyId, CAUSE);
      if (isEnded) this.write(transaction, replay);
    });
  }

  private async tellOnce(occurrence: Occurrence): Promise<void> {
    const { kind, clientId, familyId } = occurrence;
    const key = `${kind} ${clientId} ${familyId}`;
    if (this.told.has(key)) return;
    this.told.set(key, true);
    try {
      await this.database.transaction((transaction) => {
        this.write(transaction, occurrence);
        return Promise.resolve();
      });
    } catch (error) {
      this.told.delete(key);
      throw error;
    }
  }

  private write(transaction: Transaction, { kind, familyId, clientId, requestId }: Occurrence): void {
    this.audit.append(transaction, {
      actor: { type: 'client', id: clientId },
      action: ACTIONS[kind],
      target: { type: 'token_family', id: familyId },
      requestId,
    });
  }
}

function isSecurityEvent(refusal: Refusal): refusal is SecurityEventKind {
  return refusal in ACTIONS;
}
