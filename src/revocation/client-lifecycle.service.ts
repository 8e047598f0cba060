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
  disable(id: string, initiator: Initiator): Promise<boolean> {
    return this.change(id, async (transaction) => {
      await this.revocation.revokeClient(transaction, id, { reason: 'client_disabled', initiator });
      return this.clients.update(transaction, id, { enabled: false });
    });
  }

  enable(id: string): Promise<boolean> {
    return this.change(id, (transaction) => this.clients.update(transaction, id, { enabled: true }));
  }

  /** At once, however many families it has: they are dead without it, and purged when they expire. */
  delete(id: string, initiator: Initiator): Promise<boolean> {
    return this.change(id, async (transaction) => {
      await this.revocation.revokeClient(transaction, id, { reason: 'client_deleted', initiator });
      return this.clients.delete(transaction, id);
    });
  }

  private async change(id: string, work: (transaction: Transaction) => Promise<boolean>): Promise<boolean> {
    const isThere = await this.database.transaction(work);
    await this.directory.changed(id);
    return isThere;
  }
}
