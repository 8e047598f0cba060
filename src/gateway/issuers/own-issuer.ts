import { type ClientAuthenticator } from '../../clients/authentication/client-authenticator.js';
import { FormParameters } from '../../common/form-parameters.js';
import { OAuthError } from '../../common/oauth-error.js';
import { isTransientFault } from '../../common/transient-fault.js';
import { type TokenResponse } from '../../grants/grant-strategy.js';
import { type TokenEndpointService } from '../../grants/token-endpoint.service.js';
import { type KeyRing } from '../../key-ring/key-ring.js';
import { decodeRefreshToken } from '../../tokens/families/refresh-token.js';
import { type AccessTokenInspector } from '../../introspection/access-token-inspector.js';
import { GatewayError } from '../authenticator/gateway-error.js';
import { type GrantCredential } from '../credentials/credential.js';
import { type RouteConfig } from '../routes/gateway-route.js';
import { isMeantFor } from './audience.js';
import { grantParameters } from './grant-parameters.js';
import { type Asker, type GrantedTokens, type Issuer, type Verification } from './issuer.js';
import { issuerRefusal } from './issuer-refusal.js';

/** The parts of this server that an issuer is made of. */
export interface OwnServer {
  readonly clients: ClientAuthenticator;
  readonly endpoint: TokenEndpointService;
  readonly inspector: AccessTokenInspector;
  readonly keys: KeyRing;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** This server itself, asked in the process: as its token endpoint does it, with the same checks and counts. */
export class OwnIssuer implements Issuer {
  /** Less than the grace window: what was lost with a process is got again. */
  readonly patience = 5;

  constructor(
    private readonly server: OwnServer,
    private readonly config: RouteConfig,
  ) {}

  async grant(credential: GrantCredential, asker: Asker): Promise<GrantedTokens> {
    const asked = this.server.now();
    const response = await this.ask(credential, asker).catch((error: unknown) => {
      throw asGatewayError(error, credential.method);
    });
    const { refresh_token_expires_in: refreshLifetime } = response;
    return {
      accessToken: response.access_token,
      expiresAt: asked + response.expires_in * 1000,
      refreshToken: response.refresh_token,
      refreshExpiresAt: refreshLifetime === undefined ? undefined : asked + refreshLifetime * 1000,
      subject: undefined,
    };
  }

  couldHaveIssued(refreshToken: string): boolean {
    return decodeRefreshToken(this.server.keys, refreshToken) !== undefined;
  }

  async verify(accessToken: string): Promise<Verification> {
    const claims = await this.server.inspector.inspect(accessToken);
    if (!claims) return 'dead';
    // A bound token is worth nothing without a proof for the upstream, which the gateway can't make.
    const isFit = claims.cnf === undefined && isMeantFor(this.config.audience, claims.aud);
    return isFit ? { subject: claims.sub } : 'unfit';
  }

  private async ask(credential: GrantCredential, { address, requestId }: Asker): Promise<TokenResponse> {
    const own = credential.method === 'client_credentials' ? credential : undefined;
    const { client_id: id, client_secret: secret, client_auth: method } = this.config;
    const authenticating = own ? basicOf(own.clientId, own.clientSecret) : asClient(id, secret, method);
    const parameters = { ...grantParameters(credential, this.config), ...authenticating.parameters };
    const form = FormParameters.parse(Buffer.from(new URLSearchParams(parameters).toString()));
    const { authorization } = authenticating;
    const client = await this.server.clients.authenticate({ authorization, form }, address);
    const request = { client, form, dpop: [], address, requestId };
    return (await this.server.endpoint.handle(request)).response;
  }
}

interface Authenticating {
  readonly authorization: string | undefined;
  readonly parameters: Record<string, string>;
}

function asClient(
  id: string | null,
  secret: string | null,
  method: RouteConfig['client_auth'],
): Authenticating {
  const client_id = id ?? '';
  if (method === 'basic') return basicOf(client_id, secret ?? '');
  const client_secret = method === 'post' ? (secret ?? '') : '';
  return { authorization: undefined, parameters: { client_id, client_secret } };
}

/** Both parts form-urlencoded first (RFC 6749 §2.3.1). */
function basicOf(id: string, secret: string): Authenticating {
  const [encodedId, encodedSecret] = [id, secret].map((part) => encodeURIComponent(part));
  const encoded = Buffer.from(`${encodedId}:${encodedSecret}`).toString('base64');
  return { authorization: `Basic ${encoded}`, parameters: {} };
}

function asGatewayError(error: unknown, method: GrantCredential['method']): unknown {
  if (isTransientFault(error)) return GatewayError.issuerDown({ cause: error });
  if (!(error instanceof OAuthError)) return error;
  const { status, headers, description, detail } = error;
  if (status === 503) return GatewayError.issuerDown({ headers, cause: error });
  if (status === 429) return GatewayError.of('too_many_attempts', description, { headers, cause: error });
  const isWrongClient = detail === 'wrong_client';
  return issuerRefusal(method, error.error, description, { isWrongClient, cause: error });
}
