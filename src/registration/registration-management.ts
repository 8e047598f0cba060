import { Inject, Injectable } from '@nestjs/common';
import { AuditLog } from '../audit/audit-log.js';
import { type ClientEntity } from '../clients/client.entity.js';
import { changeOf, type ClientMetadata } from '../clients/client-metadata.js';
import { usesSecret } from '../clients/client-registration.js';
import { ClientService } from '../clients/client.service.js';
import { OAuthError } from '../common/oauth-error.js';
import { httpConfig, type HttpSettings } from '../config/http.config.js';
import { registrationConfig, type RegistrationSettings } from '../config/registration.config.js';
import { Database } from '../database/database.js';
import { type Transaction } from '../database/sql-session.js';
import { ClientLifecycleService } from '../revocation/client-lifecycle.service.js';
import { ClientRegistrationRepository, type RegistrationRow } from './client-registration.repository.js';
import { RegistrationAccess } from './registration-access.js';
import { auditedClient, type RegistrationDocument, registrationDocument } from './registration-document.js';
import { RegistrationRules, soundly } from './registration-rules.js';
import { isReservedScope } from './reserved-scopes.js';

/** Lets clients read, replace and delete their own registration (RFC 7592 §2). */
@Injectable()
export class RegistrationManagement {
  constructor(
    private readonly database: Database,
    private readonly log: AuditLog,
    private readonly rules: RegistrationRules,
    private readonly access: RegistrationAccess,
    private readonly registrations: ClientRegistrationRepository,
    private readonly clients: ClientService,
    private readonly lifecycle: ClientLifecycleService,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
    @Inject(registrationConfig.KEY) private readonly settings: RegistrationSettings,
  ) {}

  /** The token stays the one that was shown, and the secret, of which only a hash is kept, is left out. */
  async read(registration: RegistrationRow, token: string): Promise<RegistrationDocument> {
    return this.document(await this.access.read(registration), token);
  }

  /**
   * Makes the client what the metadata says, and gives it another registration access token.
   *
   * @param metadataFor is called with the client as it is
   * @throws OAuthError `invalid_client_metadata`, `invalid_redirect_uri`, 401, or 403 for a client whose
   *   scopes only an admin may give
   */
  replace(
    registration: RegistrationRow,
    metadataFor: (client: ClientEntity) => ClientMetadata,
    requestId: string,
  ): Promise<RegistrationDocument> {
    return this.database.transaction(async (transaction) => {
      const before = await this.access.lock(transaction, registration);
      if (before.scopes.some(isReservedScope))
        throw OAuthError.accessDenied('this client is managed by the administrators');
      const scopes = registration.scopes ?? this.settings.scopes;
      const change = changeOf(before, this.rules.allowed(metadataFor(before), scopes, before));
      await soundly(() => this.clients.change(before.id, change, transaction));
      const secret = await this.newSecret(transaction, before, change.authMethods ?? []);
      const { token, ...hash } = this.access.issue(before.id);
      await this.registrations.rotate(transaction, before.id, hash);
      const after = await this.access.lock(transaction, { ...registration, ...hash });
      this.append(transaction, 'client.changed', requestId, before, after);
      return this.document(after, token, secret);
    });
  }

  /** All that was issued to the client is dead when this returns. @throws OAuthError 401, 403 */
  async delete(registration: RegistrationRow, requestId: string): Promise<void> {
    await this.database.transaction(async (transaction) => {
      const before = await this.access.lock(transaction, registration);
      await this.lifecycle.delete(before.id, 'user', transaction);
      this.append(transaction, 'client.deleted', requestId, before);
    });
  }

  /** A client that begins to authenticate by a secret needs one; what it may have had before is dead. */
  private async newSecret(
    transaction: Transaction,
    before: ClientEntity,
    authMethods: readonly string[],
  ): Promise<string | undefined> {
    const needsOne = usesSecret({ authMethods }) && !usesSecret(before);
    return needsOne ? this.clients.rotateSecret(before.id, 0, transaction) : undefined;
  }

  private document(client: ClientEntity, token: string, clientSecret?: string): RegistrationDocument {
    return registrationDocument(client, this.http.issuerUrl, {
      registrationAccessToken: token,
      clientSecret,
    });
  }

  private append(
    transaction: Transaction,
    action: string,
    requestId: string,
    before: ClientEntity,
    after?: ClientEntity,
  ): void {
    this.log.append(transaction, {
      actor: { type: 'client', id: before.id },
      action,
      target: { type: 'client', id: before.id },
      requestId,
      before: auditedClient(before),
      after: after && auditedClient(after),
    });
  }
}
