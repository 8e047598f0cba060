import { Inject, Injectable } from '@nestjs/common';
import { AuditLog } from '../audit/audit-log.js';
import { SYSTEM } from '../audit/audit-entry.js';
import { ClientService } from '../clients/client.service.js';
import { ClientSecrets } from '../clients/client-secrets.js';
import { adminConfig, type AdminSettings } from '../config/admin.config.js';
import { Database } from '../database/database.js';
import { ALL_MANAGEMENT_SCOPES } from '../roles/management-scopes.js';

/** A client's credentials, as it is told them. */
export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The client that manages the service first: with it all others can be made. */
@Injectable()
export class FirstAdmin {
  constructor(
    private readonly database: Database,
    private readonly log: AuditLog,
    private readonly clients: ClientService,
    private readonly secrets: ClientSecrets,
    @Inject(adminConfig.KEY) private readonly settings: AdminSettings,
  ) {}

  /**
   * Makes it where it is not there; of several replicas that start at once one does. A client that is there
   * keeps its secret, whatever the environment says: a lost one is rotated at a shell.
   *
   * @returns credentials that were made up, and are not to be had again
   */
  async ensure(): Promise<Credentials | undefined> {
    const { clientId, clientSecret: given } = this.settings;
    const clientSecret = given || this.secrets.generate();
    const isNew = await this.database.transaction(async (transaction) => {
      const registered = await this.clients.register(registrationOf(clientId), clientSecret, transaction);
      if (registered) {
        const target = { type: 'client', id: clientId };
        this.log.append(transaction, {
          actor: SYSTEM,
          action: 'client.created',
          target,
          reason: 'first admin',
        });
      }
      return registered;
    });
    return isNew && given === '' ? { clientId, clientSecret } : undefined;
  }
}

function registrationOf(id: string) {
  return {
    id,
    name: 'Administration',
    type: 'confidential',
    authMethods: ['client_secret_basic', 'client_secret_post'],
    grantTypes: ['client_credentials'],
    scopes: ALL_MANAGEMENT_SCOPES,
    defaultScopes: ALL_MANAGEMENT_SCOPES,
  } as const;
}
