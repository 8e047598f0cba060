import { Injectable } from '@nestjs/common';
import { isClientId } from '../clients/client-registration.js';
import { type ClientEntity } from '../clients/client.entity.js';
import { ClientRepository } from '../clients/client.repository.js';
import { OAuthError } from '../common/oauth-error.js';
import { RandomSource } from '../common/random-source.js';
import { type Transaction } from '../database/sql-session.js';
import { ClientRegistrationRepository, type RegistrationRow } from './client-registration.repository.js';
import { type TokenHash, TokenHashes } from './token-hashes.js';

const USE = 'registration-access-token';

/** The registration access tokens, by which clients manage their registration (RFC 7592 §1.2). */
@Injectable()
export class RegistrationAccess {
  constructor(
    private readonly registrations: ClientRegistrationRepository,
    private readonly clients: ClientRepository,
    private readonly hashes: TokenHashes,
    private readonly random: RandomSource,
  ) {}

  /** A new token, 256 bits in base64url with a prefix that secret scanners know, and its hash. */
  issue(clientId: string): TokenHash & { readonly token: string } {
    const token = `rgc_${this.random.bytes(32).toString('base64url')}`;
    return { token, ...this.hashes.hash(USE, clientId, token) };
  }

  /**
   * The registration that the token is for. A client that is gone is told apart from a wrong token by nothing
   * (RFC 7592 §2.1).
   *
   * @throws OAuthError `invalid_token` (401)
   */
  async authenticate(clientId: string, token: string): Promise<RegistrationRow> {
    const row = isClientId(clientId) ? await this.registrations.findByClient(clientId) : undefined;
    const isGenuine = this.hashes.matches(USE, clientId, row, token);
    if (!row || !isGenuine) throw wrongToken();
    return row;
  }

  /**
   * The client, which nobody else changes before the transaction ends, and whose token is none but this.
   *
   * @throws OAuthError 401 where it was rotated or the client is gone, 403 for a disabled client
   */
  async lock(transaction: Transaction, registration: RegistrationRow): Promise<ClientEntity> {
    const client = await this.clients.lockById(transaction, registration.clientId);
    if (!client || !(await this.registrations.lock(transaction, registration))) throw wrongToken();
    return requireEnabled(client);
  }

  /** @throws OAuthError 401 where the client is gone, 403 for a disabled one */
  async read({ clientId }: RegistrationRow): Promise<ClientEntity> {
    const client = await this.clients.findById(clientId);
    if (!client) throw wrongToken();
    return requireEnabled(client);
  }
}

function requireEnabled(client: ClientEntity): ClientEntity {
  if (!client.enabled) throw OAuthError.accessDenied('the client is disabled');
  return client;
}

function wrongToken(): OAuthError {
  return OAuthError.invalidToken('the registration access token is not valid');
}
