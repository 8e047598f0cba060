import { Injectable } from '@nestjs/common';
import { RandomSource } from '../common/random-source.js';
import { Database } from '../database/database.js';
import { type Transaction } from '../database/sql-session.js';
import { ClientDirectory } from './client-directory.js';
import { type ClientEntity } from './client.entity.js';
import {
  type ClientRegistration,
  type RegistrationProblem,
  registrationProblems,
  UnsoundRegistrationError,
} from './client-registration.js';
import { ClientRepository, type NewClient } from './client.repository.js';
import { ClientSecrets } from './client-secrets.js';

/** What may change of a client after its registration. */
export type ClientChange = Partial<Omit<ClientEntity, 'id' | 'type' | 'secrets' | 'createdAt' | 'updatedAt'>>;

const MAX_ACTIVE_SECRETS = 2;

/** Registers and changes clients; each change in the caller's transaction, where one is given. */
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
   * @throws UnsoundRegistrationError that lists what is wrong with the registration
   */
  register(registration: ClientRegistration, secret?: string, transaction?: Transaction): Promise<boolean> {
    refuseUnsound(registration);
    return this.database.join(transaction, async (joined) => {
      const isNew = await this.repository.insert(joined, asEntity(registration));
      if (isNew && secret !== undefined) await this.storeSecret(joined, registration.id, secret);
      return isNew;
    });
  }

  /**
   * Adds a secret beside the one there is, so that the client can change over. Without `expiresAt` it
   * expires never.
   *
   * @throws Error when there are two already
   */
  addSecret(clientId: string, secret: string, expiresAt?: Date, transaction?: Transaction): Promise<void> {
    return this.changing(clientId, transaction, async (joined) => {
      const active = await this.repository.countActiveSecrets(joined, clientId);
      if (active >= MAX_ACTIVE_SECRETS) throw new Error(`client ${clientId} has ${active} active secrets`);
      await this.storeSecret(joined, clientId, secret, expiresAt);
    });
  }

  /**
   * Gives the client a new secret. The one before works for `overlap` seconds more, so that the client can
   * change over; of two that were active the older one works no longer.
   *
   * @returns the new secret, which is not to be had again
   */
  rotateSecret(clientId: string, overlap: number, transaction?: Transaction): Promise<string> {
    return this.changing(clientId, transaction, async (joined) => {
      await this.repository.lockById(joined, clientId);
      await this.repository.expireSecrets(joined, clientId, overlap);
      const secret = this.secrets.generate();
      await this.storeSecret(joined, clientId, secret);
      return secret;
    });
  }

  /** @returns whether there was such a secret */
  removeSecret(clientId: string, secretId: string, transaction?: Transaction): Promise<boolean> {
    return this.changing(clientId, transaction, (joined) =>
      this.repository.deleteSecret(joined, clientId, secretId),
    );
  }

  /**
   * Changes a client.
   *
   * @returns whether there is such a client
   * @throws UnsoundRegistrationError that lists what the change would make wrong; what was so before does
   *   not stop it
   */
  change(id: string, change: ClientChange, transaction?: Transaction): Promise<boolean> {
    return this.changing(id, transaction, async (joined) => {
      const before = await this.repository.lockById(joined, id);
      if (!before) return false;
      refuseUnsound(Object.assign({}, before, change), registrationProblems(before));
      return this.repository.update(joined, id, change);
    });
  }

  /** Every replica reads the client again once the change is committed. */
  private changing<Result>(
    id: string,
    transaction: Transaction | undefined,
    work: (transaction: Transaction) => Promise<Result>,
  ): Promise<Result> {
    return this.database.join(transaction, (joined) => {
      joined.afterCommit(() => this.directory.changed(id));
      return work(joined);
    });
  }

  private async storeSecret(transaction: Transaction, clientId: string, secret: string, expiresAt?: Date) {
    const hash = this.secrets.hash(clientId, secret);
    const row = { id: this.random.uuid(), clientId, expiresAt: expiresAt ?? null, ...hash };
    await this.repository.insertSecret(transaction, row);
  }
}

function refuseUnsound(registration: ClientRegistration, known: readonly RegistrationProblem[] = []): void {
  const isKnown = (problem: RegistrationProblem) => known.some(({ field }) => field === problem.field);
  const problems = registrationProblems(registration).filter((problem) => !isKnown(problem));
  if (problems.length > 0) throw new UnsoundRegistrationError(registration.id, problems);
}

function asEntity(registration: ClientRegistration): NewClient {
  const {
    redirectUris = [],
    postLogoutRedirectUris = [],
    scopes = [],
    defaultScopes = [],
    audiences = [],
    tokenPolicy = {},
    displayMetadata = {},
    jwks = null,
  } = registration;
  return {
    id: registration.id,
    name: registration.name,
    type: registration.type,
    enabled: true,
    authMethods: [...registration.authMethods],
    redirectUris: [...redirectUris],
    postLogoutRedirectUris: [...postLogoutRedirectUris],
    backchannelLogoutUri: registration.backchannelLogoutUri ?? null,
    backchannelLogoutSessionRequired: registration.backchannelLogoutSessionRequired ?? false,
    grantTypes: [...registration.grantTypes],
    scopes: [...scopes],
    defaultScopes: [...defaultScopes],
    audiences: [...audiences],
    dpopBoundAccessTokens: registration.dpopBoundAccessTokens ?? false,
    requirePushedAuthorizationRequests: registration.requirePushedAuthorizationRequests ?? false,
    consentRequired: registration.consentRequired ?? true,
    idTokenSignedResponseAlg: registration.idTokenSignedResponseAlg ?? null,
    tokenPolicy,
    displayMetadata,
    jwks,
  };
}
