import { Inject, Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { RequestAuthenticator } from '../clients/authentication/request-authenticator.js';
import { type Client } from '../clients/client.js';
import { ClientDirectory } from '../clients/client-directory.js';
import { OAuthError } from '../common/oauth-error.js';
import { httpConfig, type HttpSettings } from '../config/http.config.js';
import { soleHeader } from '../http/sole-header.js';
import { BearerAuthenticator } from './bearer-authenticator.js';

/** The scope that lets a resource server ask about the tokens meant for it. */
export const INTROSPECT_SCOPE = 'introspect';

/** Who asks, and which tokens it may learn of. */
export interface IntrospectionCaller {
  readonly client: Client;
  /** Audiences whose tokens it may see, besides its own tokens. */
  readonly audiences: readonly string[];
}

/** Finds out who asks about a token (RFC 7662 §2.1): a client, or the bearer of a token of scope `introspect`. */
@Injectable()
export class IntrospectionCallers {
  constructor(
    private readonly clients: RequestAuthenticator,
    private readonly directory: ClientDirectory,
    private readonly bearers: BearerAuthenticator,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  /** @throws OAuthError `invalid_request`, `invalid_client` or `invalid_token` (401), `insufficient_scope` (403) */
  async identify(request: FastifyRequest): Promise<IntrospectionCaller> {
    if (this.bearers.isOffered(request)) return this.byToken(request);
    const client = await this.clients.authenticate(request);
    if (client.isPublic) throw OAuthError.invalidClient('a public client may not introspect');
    return { client, audiences: client.scopes.has(INTROSPECT_SCOPE) ? this.audiencesOf(client) : [] };
  }

  private async byToken(request: FastifyRequest): Promise<IntrospectionCaller> {
    soleHeader(request, 'authorization');
    const { client_id, aud } = await this.bearers.authenticate(request, INTROSPECT_SCOPE);
    const client = await this.directory.find(client_id);
    if (!client) throw OAuthError.invalidToken('the access token is not valid');
    return { client, audiences: [client_id, aud].flat() };
  }

  /** What a token meant for this client may name; one that names no resource is meant for the issuer. */
  private audiencesOf({ id, audiences }: Client): readonly string[] {
    return audiences.length > 0 ? [id, ...audiences] : [id, this.http.issuerUrl];
  }
}
