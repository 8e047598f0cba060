import { Injectable } from '@nestjs/common';
import { ClientRepository } from '../../clients/client.repository.js';
import { Clock } from '../../common/clock.js';
import { type Transaction } from '../../database/sql-session.js';
import { ProblemError } from '../../http/problem.js';
import { RevocationService } from '../../revocation/revocation.service.js';
import { FamilyListing } from '../../tokens/families/family-listing.js';
import { UserRepository } from '../../users/user.repository.js';
import { type Caller } from '../http/caller.js';
import { Idempotency, type RepeatableRequest } from '../http/idempotency.js';
import { ManagementWrites } from '../http/management-writes.js';
import { type RevocationDocument } from './revocation.documents.js';
import { type RevocationOrder, targetOf } from './revocation-order.js';

/** In the event; the admin's own words are for the audit log. */
const CAUSE = { reason: 'admin_request', initiator: 'admin' } as const;
/** Seconds. No access token lives longer. */
const LONGEST_ACCESS_TOKEN = 86_400;

/** Revokes for admins. Durable, and known to every replica, when it returns; to repeat it changes nothing. */
@Injectable()
export class AdminRevocations {
  constructor(
    private readonly writes: ManagementWrites,
    private readonly idempotency: Idempotency,
    private readonly revocation: RevocationService,
    private readonly families: FamilyListing,
    private readonly users: UserRepository,
    private readonly clients: ClientRepository,
    private readonly clock: Clock,
  ) {}

  /** @throws ProblemError 404 for what is not there */
  async revoke(
    caller: Caller,
    request: RepeatableRequest,
    order: RevocationOrder,
    reason?: string,
  ): Promise<RevocationDocument> {
    await this.requireThere(order);
    const target = targetOf(order);
    const clientId =
      order.kind === 'user at client' || order.kind === 'access token' ? order.clientId : undefined;
    return this.writes.run(caller, (write) =>
      this.idempotency.once(write.transaction, caller, request, async () => {
        const revoked = await this.carryOut(write.transaction, order);
        write.audit({ action: 'tokens.revoked', target, reason, details: { client_id: clientId, revoked } });
        return { target, client_id: clientId, revoked };
      }),
    );
  }

  /** @returns whether it ended something */
  private async carryOut(transaction: Transaction, order: RevocationOrder): Promise<boolean> {
    const { revocation } = this;
    switch (order.kind) {
      case 'family':
        return revocation.revokeFamily(transaction, order.familyId, CAUSE);
      case 'user':
        return revocation.revokeUser(transaction, order.userId, CAUSE);
      case 'client':
        return revocation.revokeClient(transaction, order.clientId, CAUSE);
      case 'user at client':
        return revocation.revokeUserAtClient(transaction, order.userId, order.clientId, CAUSE);
      case 'access token':
        return revocation.revokeAccessToken(transaction, this.claimsOf(order), CAUSE);
      case 'everybody':
        await revocation.revokeEverybody(transaction, CAUSE);
        return true;
    }
  }

  private claimsOf({ jti, clientId, userId, expiresAt }: RevocationOrder & { kind: 'access token' }) {
    const exp = expiresAt
      ? Math.ceil(expiresAt.getTime() / 1000)
      : this.clock.seconds() + LONGEST_ACCESS_TOKEN;
    return { jti, client_id: clientId, sub: userId ?? clientId, exp };
  }

  private async requireThere(order: RevocationOrder): Promise<void> {
    if (order.kind === 'family' && !(await this.families.findById(order.familyId)))
      throw ProblemError.notFound('token family');
    if ('userId' in order && order.userId !== undefined && !(await this.users.findById(order.userId)))
      throw ProblemError.notFound('user');
    if ('clientId' in order && !(await this.clients.findById(order.clientId)))
      throw ProblemError.notFound('client');
  }
}
