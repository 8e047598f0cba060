import { Inject, Injectable } from '@nestjs/common';
import { SYSTEM } from '../../audit/audit-entry.js';
import { AuditLog } from '../../audit/audit-log.js';
import { type ClientRegistration } from '../../clients/client-registration.js';
import { ClientService } from '../../clients/client.service.js';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { Database } from '../../database/database.js';
import { ALL_MANAGEMENT_SCOPES } from '../../roles/management-scopes.js';

export const CONSOLE_CLIENT_ID = 'swagger-ui';

/** Where Swagger UI takes the answer of the authorization endpoint. */
export function consoleRedirectUri({ issuerUrl }: Pick<HttpSettings, 'issuerUrl'>): string {
  return `${issuerUrl}/docs/oauth2-redirect.html`;
}

/** The public client as which people sign in to Swagger UI. What they may do there, their roles say. */
@Injectable()
export class ConsoleClient {
  constructor(
    private readonly database: Database,
    private readonly log: AuditLog,
    private readonly clients: ClientService,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  /** Makes it where it is not there. One that is there stays as admins have it, but for where the issuer is now. */
  async ensure(): Promise<void> {
    const redirectUris = [consoleRedirectUri(this.http)];
    await this.database.transaction(async (transaction) => {
      const isNew = await this.clients.register(registrationOf(redirectUris), undefined, transaction);
      if (!isNew) await this.clients.change(CONSOLE_CLIENT_ID, { redirectUris }, transaction);
      if (!isNew) return;
      const target = { type: 'client', id: CONSOLE_CLIENT_ID };
      this.log.append(transaction, { actor: SYSTEM, action: 'client.created', target, reason: 'Swagger UI' });
    });
  }
}

function registrationOf(redirectUris: string[]): ClientRegistration {
  return {
    id: CONSOLE_CLIENT_ID,
    name: 'Regrant management API',
    type: 'public',
    authMethods: ['none'],
    grantTypes: ['authorization_code'],
    scopes: ALL_MANAGEMENT_SCOPES,
    defaultScopes: [],
    redirectUris,
  };
}
