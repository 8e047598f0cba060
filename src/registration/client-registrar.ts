import { Inject, Injectable } from '@nestjs/common';
import { type Actor, type AuditEntry } from '../audit/audit-entry.js';
import { AuditLog } from '../audit/audit-log.js';
import { type ClientEntity } from '../clients/client.entity.js';
import { type ClientMetadata, registrationOf } from '../clients/client-metadata.js';
import { usesSecret } from '../clients/client-registration.js';
import { ClientRepository } from '../clients/client.repository.js';
import { ClientSecrets } from '../clients/client-secrets.js';
import { ClientService } from '../clients/client.service.js';
import { RandomSource } from '../common/random-source.js';
import { httpConfig, type HttpSettings } from '../config/http.config.js';
import { Database } from '../database/database.js';
import { type Transaction } from '../database/sql-session.js';
import { ClientRegistrationRepository } from './client-registration.repository.js';
import { InitialAccessTokenService } from './initial-access-tokens/initial-access-token.service.js';
import { type Registrant } from './registrants.js';
import { RegistrationAccess } from './registration-access.js';
import { auditedClient, type RegistrationDocument, registrationDocument } from './registration-document.js';
import { RegistrationRules, soundly } from './registration-rules.js';

/** Registers clients that ask for it (RFC 7591 §3). */
@Injectable()
export class ClientRegistrar {
  constructor(
    private readonly database: Database,
    private readonly log: AuditLog,
    private readonly rules: RegistrationRules,
    private readonly initialAccessTokens: InitialAccessTokenService,
    private readonly access: RegistrationAccess,
    private readonly registrations: ClientRegistrationRepository,
    private readonly clients: ClientService,
    private readonly repository: ClientRepository,
    private readonly secrets: ClientSecrets,
    private readonly random: RandomSource,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  /**
   * Registers a client under an id of ours.
   *
   * @throws OAuthError `invalid_client_metadata`, `invalid_redirect_uri`, or 401 for a token that is used up
   */
  register(
    registrant: Registrant,
    metadata: ClientMetadata,
    requestId: string,
  ): Promise<RegistrationDocument> {
    const id = this.random.uuid();
    const registration = registrationOf(id, this.rules.allowed(metadata, registrant.scopes));
    const secret = usesSecret(registration) ? this.secrets.generate() : undefined;
    return this.database.transaction(async (transaction) => {
      if (registrant.token) await this.initialAccessTokens.use(transaction, registrant.token);
      await soundly(() => this.clients.register(registration, secret, transaction));
      const client = await this.read(transaction, id);
      const registrationAccessToken = await this.give(transaction, id, registrant);
      this.log.append(transaction, { ...createdBy(registrant, client), requestId });
      const credentials = { registrationAccessToken, clientSecret: secret };
      return registrationDocument(client, this.http.issuerUrl, credentials);
    });
  }

  /** @returns the client's registration access token */
  private async give(
    transaction: Transaction,
    clientId: string,
    { token, scopes }: Registrant,
  ): Promise<string> {
    const { token: accessToken, ...hash } = this.access.issue(clientId);
    const row = { clientId, scopes: token ? scopes : null, ...hash };
    await this.registrations.insert(transaction, row, token?.id ?? null);
    return accessToken;
  }

  private async read(transaction: Transaction, id: string): Promise<ClientEntity> {
    const client = await this.repository.lockById(transaction, id);
    if (!client) throw new Error('a client was registered and is not there');
    return client;
  }
}

function createdBy({ token }: Registrant, client: ClientEntity): AuditEntry {
  const actor: Actor = token
    ? { type: 'initial_access_token', id: token.id }
    : { type: 'client', id: client.id };
  const target = { type: 'client', id: client.id };
  return { actor, action: 'client.created', target, after: auditedClient(client) };
}
