import { Inject, Injectable } from '@nestjs/common';
import { type Client } from '../../clients/client.js';
import { ClientDirectory } from '../../clients/client-directory.js';
import { OAuthError } from '../../common/oauth-error.js';
import { tokensConfig, type TokensSettings } from '../../config/tokens.config.js';

const AUTHORIZATION_CODE_GRANT = 'authorization_code';

/** Which client a browser comes from: named, not authenticated. */
@Injectable()
export class RequestingClients {
  constructor(
    private readonly directory: ClientDirectory,
    @Inject(tokensConfig.KEY) private readonly settings: TokensSettings,
  ) {}

  /** @throws OAuthError for the person: who sends them here is not known, or may not */
  async find(clientId: string): Promise<Client> {
    const client = await this.directory.find(clientId);
    if (!client?.enabled) throw OAuthError.invalidRequest('the client is unknown or disabled');
    this.requireCodeGrant(client);
    return client;
  }

  /** @throws OAuthError `unauthorized_client` (RFC 6749 §4.1.2.1) */
  requireCodeGrant(client: Client): void {
    const isOff = this.settings.disabledGrantTypes.includes(AUTHORIZATION_CODE_GRANT);
    if (isOff || !client.mayUse(AUTHORIZATION_CODE_GRANT))
      throw OAuthError.unauthorizedClient('the client may not use the authorization code grant');
  }
}
