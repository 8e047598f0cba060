import { Injectable } from '@nestjs/common';
import { type Client } from '../../clients/client.js';
import { ClientDirectory } from '../../clients/client-directory.js';
import { type FormParameters } from '../../common/form-parameters.js';
import { SealedParameters } from '../../key-ring/sealed-parameters.js';
import { PageError } from '../../pages/page-error.js';
import { type IdTokenHint, IdTokenReader } from '../../tokens/id-tokens/id-token.reader.js';

/** A request that somebody be signed out, with nothing in it that was not checked. */
export interface LogoutRequest {
  /** Of the client that asks, as people know it. */
  readonly clientName?: string;
  /** Whom an ID token of ours says that the client has signed in. */
  readonly userId?: string;
  /** Registered by the client. */
  readonly redirectUri?: string;
  /** For the client to find again. */
  readonly state?: string;
  readonly uiLocales?: string;
}

/** Seconds: a page left open for longer begins anew. */
const LIFETIME = 1_800;

/** Reads logout requests (RP-Initiated Logout §2), and carries those that were checked through the browser, sealed. */
@Injectable()
export class LogoutRequests {
  constructor(
    private readonly idTokens: IdTokenReader,
    private readonly directory: ClientDirectory,
    private readonly sealed: SealedParameters,
  ) {}

  /**
   * Reads a request of a client. An ID token that is not ours counts for nothing; a place to go on to must be
   * registered, to the letter, by a client that is named.
   *
   * @throws OAuthError `invalid_request`, or PageError for a client or a place that is unknown
   */
  async receive(parameters: FormParameters): Promise<LogoutRequest> {
    parameters.rejectRepeated();
    const presented = parameters.optional('id_token_hint');
    const hint = presented === undefined ? undefined : await this.idTokens.read(presented);
    const client = await this.clientOf(hint, parameters.optional('client_id'));
    const redirectUri = parameters.optional('post_logout_redirect_uri');
    if (redirectUri !== undefined && !client?.postLogoutRedirectUris.includes(redirectUri))
      throw PageError.invalid('post_logout_redirect_uri is not registered for a client that is named');
    return {
      clientName: client?.name,
      userId: hint?.userId,
      redirectUri,
      state: parameters.optional('state'),
      uiLocales: parameters.optional('ui_locales'),
    };
  }

  seal(request: LogoutRequest): string {
    return this.sealed.seal('logout-request', request, LIFETIME);
  }

  /** @throws PageError that says that the page has expired, for anything that is not sealed by us, or no longer good */
  open(text: string): LogoutRequest {
    const request = this.sealed.open('logout-request', text) as LogoutRequest | undefined;
    if (!request) throw PageError.expired('the logout request has expired');
    return request;
  }

  private async clientOf(hint?: IdTokenHint, named?: string): Promise<Client | undefined> {
    if (hint && named !== undefined && named !== hint.clientId)
      throw PageError.invalid('client_id is not the client that the ID token is for');
    const id = hint?.clientId ?? named;
    const client = id === undefined ? undefined : await this.directory.find(id);
    if (named !== undefined && !client?.enabled) throw PageError.invalid('client_id is of no client');
    return client?.enabled ? client : undefined;
  }
}
