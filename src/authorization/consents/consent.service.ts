import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { type Transaction } from '../../database/sql-session.js';
import { type RevocationCause } from '../../events/revocation-event.js';
import { RevocationService } from '../../revocation/revocation.service.js';
import { AuthorizationCodeRepository } from '../codes/authorization-code.repository.js';
import { type Consent, ConsentRepository } from './consent.repository.js';

/** What somebody wants to let a client have. */
export interface Wanted {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly audiences: readonly string[];
}

/** What somebody is asked for: what they have granted the client before, and what they have not. */
export interface AskedConsent {
  readonly newScopes: readonly string[];
  readonly grantedScopes: readonly string[];
  /** Whether all of it, resources too, was granted before. */
  readonly isCovered: boolean;
}

/** What people let clients have: remembered, and taken back. */
@Injectable()
export class ConsentService {
  constructor(
    private readonly database: Database,
    private readonly repository: ConsentRepository,
    private readonly codes: AuthorizationCodeRepository,
    private readonly revocation: RevocationService,
  ) {}

  /** How what a client wants compares with what the person let it have before. */
  async ask(userId: string, { clientId, scopes, audiences }: Wanted): Promise<AskedConsent> {
    const consent = await this.repository.find(this.database, userId, clientId);
    const isGranted = (scope: string) => consent?.scopes.includes(scope) ?? false;
    const newScopes = scopes.filter((scope) => !isGranted(scope));
    const isCovered =
      consent !== undefined &&
      newScopes.length === 0 &&
      audiences.every((audience) => consent.audiences.includes(audience));
    return { newScopes, grantedScopes: scopes.filter(isGranted), isCovered };
  }

  listByUser(userId: string): Promise<Consent[]> {
    return this.repository.listByUser(this.database, userId);
  }

  async grant(transaction: Transaction, userId: string, { clientId, ...wanted }: Wanted): Promise<void> {
    await this.repository.grant(transaction, userId, { client_id: clientId, ...wanted });
  }

  /**
   * Takes a consent back, with all that the client has of the user by now: tokens, and codes that it has not
   * exchanged yet.
   *
   * @returns whether there was a consent
   */
  async withdraw(
    transaction: Transaction,
    userId: string,
    clientId: string,
    cause: RevocationCause,
  ): Promise<boolean> {
    const isWithdrawn = await this.repository.delete(transaction, userId, clientId);
    await this.codes.deleteOpen(transaction, userId, clientId);
    await this.revocation.revokeUserAtClient(transaction, userId, clientId, cause);
    return isWithdrawn;
  }
}
