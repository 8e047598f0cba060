import { Injectable } from '@nestjs/common';
import { ClientDirectory } from '../clients/client-directory.js';
import { ClientRepository } from '../clients/client.repository.js';
import { Database } from '../database/database.js';
import { type Transaction } from '../database/sql-session.js';
import { type Initiator } from '../events/revocation-event.js';
import { RevocationService } from './revocation.service.js';

/** Disables and deletes clients, and all that was issued to them with it. Each returns whether it was there. */
@Injectable()
export class ClientLifecycleService {
  constructor(
    private readonly database: Database,
    private readonly clients: ClientRepository,
    private readonly directory: ClientDirectory,
    private readonly revocation: RevocationService,
  ) {}

  /** The client can't authenticate any more and its tokens are dead, for good: enabling brings none back. */
  disable(id: string, initiator: Initiator, transaction?: Transaction): Promise<boolean> {
    return this.change(id, transaction, async (joined) => {
      await this.revocation.revokeClient(joined, id, { reason: 'client_disabled', initiator });
      return this.clients.update(joined, id, { enabled: false });
    });
  }

  enable(id: string, transaction?: Transaction): Promise<boolean> {
    return this.change(id, transaction, (joined) => this.clients.update(joined, id, { enabled: true }));
  }

  /** At once, however many families it has: they are dead without it, and purged when they expire. */
  delete(id: string, initiator: Initiator, transaction?: Transaction): Promise<boolean> {
    return this.change(id, transaction, async (joined) => {
      await this.revocation.revokeClient(joined, id, { reason: 'client_deleted', initiator });
      return this.clients.delete(joined, id);
    });
  }

  /** Every replica reads the client again once the change is committed. */
  private change(
    id: string,
    transaction: Transaction | undefined,
    work: (transaction: Transaction) => Promise<boolean>,
  ): Promise<boolean> {
    return this.database.join(transaction, (joined) => {
      joined.afterCommit(() => this.directory.changed(id));
      return work(joined);
    });
  }
}
