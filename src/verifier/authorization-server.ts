/** How the verifier shows who it is: a client that may ask for the scopes `events.read` and `introspect`. */
export interface VerifierCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

interface Metadata {
  readonly token_endpoint: string;
  readonly introspection_endpoint: string;
  readonly jwks_uri: string;
}

/** Milliseconds before its expiry that an access token of our own is replaced. */
const RENEW_AHEAD_MS = 30_000;
/** Milliseconds that a request other than a stream may take. */
const REQUEST_TIMEOUT_MS = 10_000;
const UNAUTHORIZED = 401;

/** The authorization server as the verifier calls it. Every failure is thrown. */
export class AuthorizationServer {
  private token: { readonly value: string; readonly until: number } | undefined;

  private constructor(
    readonly issuer: string,
    readonly metadata: Metadata,
    private readonly credentials: VerifierCredentials,
  ) {}

  /** By discovery (RFC 8414). @throws Error when the issuer does not answer, or is another one */
  static async discover(issuer: string, credentials: VerifierCredentials): Promise<AuthorizationServer> {
    const { origin, pathname } = new URL(issuer);
    const path = pathname === '/' ? '' : pathname;
    const url = `${origin}/.well-known/oauth-authorization-server${path}`;
    const answer = await succeed(await fetch(url, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) }));
    const metadata = (await answer.json()) as Metadata & { issuer: string };
    if (metadata.issuer !== issuer) throw new Error('the metadata is of another issuer');
    return new AuthorizationServer(issuer, metadata, credentials);
  }

  /** GET with an access token of scope `events.read`. */
  async read(path: string, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> {
    const authorization = `Bearer ${await this.accessToken()}`;
    const answer = await fetch(this.issuer + path, { headers: { authorization, ...headers }, signal });
    // Ours may have been revoked too: the next attempt gets a new one.
    if (answer.status === UNAUTHORIZED) this.token = undefined;
    return answer;
  }

  /** The answer of RFC 7662 §2.2. */
  async introspect(token: string): Promise<Record<string, unknown>> {
    const answer = await succeed(await this.post(this.metadata.introspection_endpoint, { token }));
    return (await answer.json()) as Record<string, unknown>;
  }

  private async accessToken(): Promise<string> {
    if (this.token && this.token.until > Date.now()) return this.token.value;
    const parameters = { grant_type: 'client_credentials', scope: 'events.read' };
    const answer = await succeed(await this.post(this.metadata.token_endpoint, parameters));
    const { access_token, expires_in } = (await answer.json()) as {
      access_token: string;
      expires_in: number;
    };
    this.token = { value: access_token, until: Date.now() + expires_in * 1000 - RENEW_AHEAD_MS };
    return access_token;
  }

  private post(url: string, parameters: Record<string, string>): Promise<Response> {
    const { clientId, clientSecret } = this.credentials;
    const encoded = [clientId, clientSecret].map((part) => encodeURIComponent(part)).join(':');
    const authorization = `Basic ${Buffer.from(encoded).toString('base64')}`;
    return fetch(url, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams(parameters),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
  }
}

/** @throws Error that names the status */
export async function succeed(answer: Response): Promise<Response> {
  if (answer.ok) return answer;
  await answer.body?.cancel();
  throw new Error(`${new URL(answer.url).pathname} answered ${answer.status}`);
}
