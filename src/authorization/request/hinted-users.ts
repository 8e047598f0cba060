import { Injectable } from '@nestjs/common';
import { type Client } from '../../clients/client.js';
import { type FormParameters } from '../../common/form-parameters.js';
import { OAuthError } from '../../common/oauth-error.js';
import { IdTokenReader } from '../../tokens/id-tokens/id-token.reader.js';

/** Who a client means to be answered about, by an ID token that it was given (OIDC Core §3.1.2.1). */
@Injectable()
export class HintedUsers {
  constructor(private readonly idTokens: IdTokenReader) {}

  /**
   * The user that `id_token_hint` names; an expired one will do.
   *
   * @throws OAuthError `invalid_request` for what is no ID token of ours for this client
   */
  async find(client: Client, parameters: FormParameters): Promise<string | undefined> {
    const presented = parameters.optional('id_token_hint');
    if (presented === undefined) return undefined;
    const hint = await this.idTokens.read(presented);
    if (hint?.clientId === client.id) return hint.userId;
    throw OAuthError.invalidRequest('id_token_hint is not an ID token of this server for this client');
  }
}
