import { Inject, Injectable } from '@nestjs/common';
import { type Client } from '../../clients/client.js';
import { Clock } from '../../common/clock.js';
import { type FormParameters } from '../../common/form-parameters.js';
import { OAuthError } from '../../common/oauth-error.js';
import { authorizationConfig, type AuthorizationSettings } from '../../config/authorization.config.js';
import { SealedParameters } from '../../key-ring/sealed-parameters.js';
import { PageError } from '../../pages/page-error.js';
import { PushedRequests, REQUEST_URI_PREFIX } from '../pushed/pushed-requests.js';
import { type AuthorizationRequest } from './authorization-request.js';
import { HintedUsers } from './hinted-users.js';
import { isRegisteredRedirectUri } from './redirect-uri.js';
import { refusingAt } from './refused-request.js';
import { RequestingClients } from './requesting-clients.js';
import { responseTargetOf } from './response-target.js';
import { validateRequest } from './validate-request.js';

/** A sound request, and whose it is. */
export interface ReceivedRequest {
  readonly client: Client;
  readonly request: AuthorizationRequest;
}

const PURPOSE = 'authorization-request';
/** Seconds that a person may take to sign in and to decide. */
const LIFETIME = 1_800;
/** Bytes: sealed, and with some of it sealed again for the sign-in page, it must fit into a field of a form. */
const MAX_SIZE = 4_000;

/**
 * Authorization requests, as clients send them, and as they travel through the browser until they are answered:
 * sealed by us, so that no row is kept for people who never come back, and nobody can change what was checked.
 */
@Injectable()
export class AuthorizationRequests {
  constructor(
    private readonly clients: RequestingClients,
    private readonly pushed: PushedRequests,
    private readonly hintedUsers: HintedUsers,
    private readonly sealed: SealedParameters,
    private readonly clock: Clock,
    @Inject(authorizationConfig.KEY) private readonly settings: AuthorizationSettings,
  ) {}

  /**
   * Reads what a browser brings: client, redirect URI, then everything else.
   *
   * @throws OAuthError for the person, while the redirect URI is not trusted
   * @throws RefusedRequest for the client, from then on
   */
  async receive(parameters: FormParameters): Promise<ReceivedRequest> {
    const client = await this.clients.find(parameters.required('client_id'));
    const requestUri = parameters.optional('request_uri');
    if (requestUri?.startsWith(REQUEST_URI_PREFIX)) return this.takePushed(client, requestUri);
    const target = responseTargetOf(client, parameters);
    return refusingAt(target, async () => {
      if (client.requiresPushedRequests || this.settings.requirePushedRequests)
        throw OAuthError.invalidRequest('authorization requests must be pushed (RFC 9126)');
      return { client, request: await this.validate(client, parameters) };
    });
  }

  /**
   * A request that a client pushes (RFC 9126 §2.1): all of it is checked now.
   *
   * @param provedJkt thumbprint of the key of its DPoP proof
   * @throws OAuthError
   */
  async validate(
    client: Client,
    parameters: FormParameters,
    provedJkt?: string,
  ): Promise<AuthorizationRequest> {
    const target = responseTargetOf(client, parameters);
    const now = this.clock.now().getTime();
    const sound = validateRequest({ client, target, parameters, provedJkt, now });
    const request = { ...sound, hintedUserId: await this.hintedUsers.find(client, parameters) };
    if (sizeOf(request) > MAX_SIZE) throw OAuthError.invalidRequest('the authorization request is too long');
    return request;
  }

  seal(request: AuthorizationRequest): string {
    return this.sealed.seal(PURPOSE, request, LIFETIME);
  }

  /** @throws PageError when it is too old, or the client has changed so that it is no longer sound */
  async open(text: string): Promise<ReceivedRequest> {
    const request = this.sealed.open(PURPOSE, text) as AuthorizationRequest | undefined;
    if (!request) throw PageError.expired('the authorization request is no longer valid');
    return this.withClient(await this.clients.find(request.clientId), request);
  }

  private async takePushed(client: Client, requestUri: string): Promise<ReceivedRequest> {
    const pushed = await this.pushed.take(requestUri, client.id);
    if (!pushed) throw PageError.expired('the request_uri is not valid any more');
    return this.withClient(client, { ...pushed, createdAt: this.clock.now().getTime() });
  }

  private withClient(client: Client, request: AuthorizationRequest): ReceivedRequest {
    if (!isRegisteredRedirectUri(client.redirectUris, request.redirectUri))
      throw OAuthError.invalidRequest('the redirect_uri is no longer registered for this client');
    return { client, request };
  }
}

/** What the sign-in page is told beside it counts again. */
function sizeOf(request: AuthorizationRequest): number {
  const { loginHint, uiLocales, redirectUri } = request;
  return Buffer.byteLength(JSON.stringify([request, loginHint, uiLocales, redirectUri]));
}
