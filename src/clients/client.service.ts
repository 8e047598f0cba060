import { Injectable } from '@nestjs/common';
import { RandomSource } from '../common/random-source.js';
import { Database } from '../database/database.js';
import { type Transaction } from '../database/sql-session.js';
import { ClientDirectory } from './client-directory.js';
import { type ClientEntity } from './client.entity.js';
import { type ClientRegistration, registrationProblems } from './client-registration.js';
import { ClientRepository, type NewClient } from './client.repository.js';
import { ClientSecrets } from './client-secrets.js';

/** What may change of a client after its registration. */
export type ClientChange = Partial<Omit<ClientEntity, 'id' | 'type' | 'secrets' | 'updatedAt'>>;

const MAX_ACTIVE_SECRETS = 2;

/** Registers and changes clients. */
@Injectable()
export class ClientService {
  constructor(
    private readonly database: Database,
    private readonly repository: ClientRepository,
    private readonly directory: ClientDirectory,
    private readonly secrets: ClientSecrets,
    private readonly random: RandomSource,
  ) {}

  /**
   * Registers a client, with a first secret where it is confidential and one is given.
   *
   * @returns whether it is new; an existing client of that id is left as it is
   * @throws Error that lists what is wrong with the registration
   */
  async register(registration: ClientRegistration, secret?: string): Promise<boolean> {
    refuseUnsound(registration);
    return this.database.transaction(async (transaction) => {
      const isNew = await this.repository.insert(transaction, asEntity(registration));
      if (isNew && secret !== undefined) await this.storeSecret(transaction, registration.id, secret);
      return isNew;
    });
  }

  /**
   * Adds a secret beside the one there is, so that the client can change over. Without `expiresAt` it
   * expires never.
   *
   * @throws Error when there are two already
   */
  async addSecret(clientId: string, secret: string, expiresAt?: Date): Promise<void> {
    await this.database.transaction(async (transaction) => {
      const active = await this.repository.countActiveSecrets(transaction, clientId);
      if (active >= MAX_ACTIVE_SECRETS) throw new Error(`client ${clientId} has ${active} active secrets`);
      await this.storeSecret(transaction, clientId, secret, expiresAt);
    });
    await this.directory.changed(clientId);
  }

  /**
   * Changes a client.
   *
   * @returns whether there is such a client
   * @throws Error that lists what the change would make wrong; what was so before does not stop it
   */
  async change(id: string, change: ClientChange): Promise<boolean> {
    const found = await this.database.transaction(async (transaction) => {
      const before = await this.repository.lockById(transaction, id);
      if (!before) return false;
      refuseUnsound(Object.assign({}, before, change), registrationProblems(before));
      return this.repository.update(transaction, id, change);
    });
    await this.directory.changed(id);
    return found;
  }

  private async storeSecret(transaction: Transaction, clientId: string, secret: string, expiresAt?: Date) {
    const hash = this.secrets.hash(clientId, secret);
    const row = { id: this.random.uuid(), clientId, expiresAt: expiresAt ?? null, ...hash };
    await this.repository.insertSecret(transaction, row);
  }
}

function refuseUnsound(registration: ClientRegistration, known: readonly string[] = []): void {
  const problems = registrationProblems(registration).filter((problem) => !known.includes(problem));
  if (problems.length > 0) throw new Error(`client ${registration.id}: ${problems.join('; ')}`);
}

function asEntity(registration: ClientRegistration): NewClient {
  const {
    redirectUris = [],
    scopes = [],
    defaultScopes = [],
    audiences = [],
    tokenPolicy = {},
  } = registration;
  return {
    id: registration.id,
    name: registration.name,
    type: registration.type,
    enabled: true,
    authMethods: [...registration.authMethods],
    redirectUris: [...redirectUris],
    grantTypes: [...registration.grantTypes],
    scopes: [...scopes],
    defaultScopes: [...defaultScopes],
    audiences: [...audiences],
    dpopBoundAccessTokens: registration.dpopBoundAccessTokens ?? false,
    tokenPolicy,
  };
}
