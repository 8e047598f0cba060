import { Injectable } from '@nestjs/common';
import { type Consent } from '../../authorization/consents/consent.repository.js';
import { ConsentService } from '../../authorization/consents/consent.service.js';
import { ProblemError } from '../../http/problem.js';
import { UserRepository } from '../../users/user.repository.js';
import { type Caller } from '../http/caller.js';
import { ManagementWrites } from '../http/management-writes.js';
import { type ConsentDocument, type ConsentsDocument } from './consent.documents.js';

/** In the event. */
const CAUSE = { reason: 'consent_withdrawn', initiator: 'admin' } as const;

/** Shows what people let clients have, and takes it back for them. */
@Injectable()
export class UserConsents {
  constructor(
    private readonly writes: ManagementWrites,
    private readonly users: UserRepository,
    private readonly consents: ConsentService,
  ) {}

  /** @throws ProblemError 404 */
  async list(userId: string): Promise<ConsentsDocument> {
    await this.requireUser(userId);
    return { items: (await this.consents.listByUser(userId)).map(shown) };
  }

  /**
   * Takes a consent back, with all that the client has of the user.
   *
   * @throws ProblemError 404
   */
  async withdraw(caller: Caller, userId: string, clientId: string): Promise<void> {
    await this.requireUser(userId);
    const before = (await this.consents.listByUser(userId)).find(({ client_id }) => client_id === clientId);
    await this.writes.run(caller, async ({ transaction, audit }) => {
      const wasThere = await this.consents.withdraw(transaction, userId, clientId, CAUSE);
      if (!wasThere) throw ProblemError.notFound('consent');
      const target = { type: 'user', id: userId };
      audit({ action: 'consent.withdrawn', target, before: before && shown(before) });
    });
  }

  private async requireUser(userId: string): Promise<void> {
    if (!(await this.users.findById(userId))) throw ProblemError.notFound('user');
  }
}

function shown({ client_id, scopes, audiences, granted_at, updated_at }: Consent): ConsentDocument {
  return {
    client_id,
    scope: scopes.join(' '),
    audiences: [...audiences],
    granted_at: granted_at.toISOString(),
    updated_at: updated_at.toISOString(),
  };
}
