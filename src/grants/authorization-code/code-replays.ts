import { Injectable, Logger } from '@nestjs/common';
import { AuditLog } from '../../audit/audit-log.js';
import { type CodeState } from '../../authorization/codes/authorization-code.js';
import { Database } from '../../database/database.js';
import { type Transaction } from '../../database/sql-session.js';
import { RevocationService } from '../../revocation/revocation.service.js';

const CAUSE = { reason: 'replay', initiator: 'system' } as const;

/**
 * Ends what a code was exchanged for when the code comes again (RFC 6749 §4.1.2, A15): in a transaction of its
 * own, which is committed before the replay is refused. Of concurrent replays one does it, and is written down.
 */
@Injectable()
export class CodeReplays {
  private readonly logger = new Logger(CodeReplays.name);

  constructor(
    private readonly database: Database,
    private readonly revocation: RevocationService,
    private readonly audit: AuditLog,
  ) {}

  async endWhatCameOf(code: CodeState, requestId: string): Promise<void> {
    const { client_id: clientId, family_id: familyId } = code;
    this.logger.warn({ securityEvent: 'authorization_code_replayed', clientId, familyId });
    await this.database.transaction(async (transaction) => {
      if (!(await this.revoke(transaction, code))) return;
      this.audit.append(transaction, {
        actor: { type: 'client', id: clientId },
        action: 'authorization_code.replayed',
        target: targetOf(code),
        requestId,
      });
    });
  }

  private async revoke(transaction: Transaction, code: CodeState): Promise<boolean> {
    const {
      client_id,
      user_id: sub,
      family_id,
      access_token_jti: jti,
      access_token_expires_at: expiry,
    } = code;
    if (family_id !== null) return this.revocation.revokeFamily(transaction, family_id, CAUSE);
    if (jti === null || expiry === null) throw new Error('a used code does not say what it was used for');
    const exp = expiry.getTime() / 1000;
    return this.revocation.revokeAccessToken(transaction, { jti, client_id, sub, exp }, CAUSE);
  }
}

function targetOf({ family_id, access_token_jti: jti }: CodeState) {
  return family_id === null
    ? { type: 'access_token', id: jti ?? '' }
    : { type: 'token_family', id: family_id };
}
