import { LRUCache } from 'lru-cache';
import { hash } from 'node:crypto';
import { errors, jwtVerify, type JWTPayload } from 'jose';
import * as openid from 'openid-client';
import { GatewayError } from '../authenticator/gateway-error.js';
import { type GrantCredential } from '../credentials/credential.js';
import { type RouteConfig } from '../routes/gateway-route.js';
import { isMeantFor } from './audience.js';
import { connectAs, discover, type ForeignConnection } from './foreign-connection.js';
import { grantParameters } from './grant-parameters.js';
import { type GrantedTokens, type Issuer, type Verification } from './issuer.js';
import { issuerRefusal } from './issuer-refusal.js';

const ALGORITHMS = [
  'ES256',
  'ES384',
  'ES512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'EdDSA',
  'Ed25519',
];
/** Milliseconds after which discovery is done again; where that fails what is known serves on. */
const REDISCOVERED_AFTER = 600_000;
/** Seconds that an access token lives of which nobody says how long (RFC 6749 §5.1 leaves that open). */
const UNTOLD_LIFETIME = 60;
const REMEMBERED = 10_000;
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Any OpenID provider, by discovery. */
export class ForeignIssuer implements Issuer {
  readonly patience: number;
  private connection: Promise<ForeignConnection> | undefined;
  private discoveredAt = 0;
  /** Tokens come again and again, and a signature costs far more than a hash. */
  private readonly verified = new LRUCache<string, JWTPayload>({ max: REMEMBERED });

  constructor(private readonly config: RouteConfig) {
    // Discovery, the grant and the keys, each in the route's time-out.
    this.patience = (3 * config.timeout) / 1000;
  }

  async grant(credential: GrantCredential): Promise<GrantedTokens> {
    const connection = await this.connect();
    const asked = Date.now();
    const answer = await this.ask(connection, credential).catch((error: unknown) => {
      throw asGatewayError(error, credential.method);
    });
    const told = answer.refresh_token_expires_in ?? answer.refresh_expires_in;
    return {
      accessToken: answer.access_token,
      expiresAt: asked + (answer.expiresIn() ?? UNTOLD_LIFETIME) * 1000,
      refreshToken: answer.refresh_token,
      refreshExpiresAt: typeof told === 'number' && told > 0 ? asked + told * 1000 : undefined,
      subject: answer.claims()?.sub,
    };
  }

  /** It may have issued anything. */
  couldHaveIssued(): boolean {
    return true;
  }

  /** Another issuer tells of no revocation: a JWT lives for as long as it says. */
  async verify(accessToken: string, wasGranted: boolean): Promise<Verification> {
    if (!JWT.test(accessToken)) return wasGranted ? { subject: undefined } : this.introspect(accessToken);
    const key = hash('sha256', accessToken, 'base64');
    const claims = this.verified.get(key) ?? (await this.read(accessToken));
    if (!claims || (claims.exp ?? Infinity) + this.config.leeway < Date.now() / 1000) return 'dead';
    this.verified.set(key, claims);
    const isFit = claims.cnf === undefined && isMeantFor(this.config.audience, claims.aud);
    return isFit ? { subject: claims.sub } : 'unfit';
  }

  private async connect(): Promise<ForeignConnection> {
    const before = this.connection;
    if (!before || Date.now() - this.discoveredAt > REDISCOVERED_AFTER) {
      this.discoveredAt = Date.now();
      this.connection = discover(this.config).catch((error: unknown) => {
        if (before) return before;
        this.connection = undefined;
        throw GatewayError.issuerDown({ cause: error, detail: 'discovery failed' });
      });
    }
    return this.connection as Promise<ForeignConnection>;
  }

  private ask(connection: ForeignConnection, credential: GrantCredential) {
    const { grant_type, ...parameters } = grantParameters(credential, this.config);
    if (credential.method === 'refresh_token')
      return openid.refreshTokenGrant(connection.configuration, credential.refreshToken);
    const { configuration } = connection;
    const asked =
      credential.method === 'client_credentials'
        ? connectAs(connection, this.config, credential.clientId, credential.clientSecret)
        : configuration;
    return openid.genericGrantRequest(asked, grant_type, parameters);
  }

  /** @returns the claims of a JWT that its signature, its issuer and its times vouch for */
  private async read(accessToken: string): Promise<JWTPayload | undefined> {
    const { issuer, keys } = await this.connect();
    try {
      const options = { issuer, clockTolerance: this.config.leeway, algorithms: ALGORITHMS };
      return (await jwtVerify(accessToken, keys, options)).payload;
    } catch (error) {
      if (isVerdict(error)) return undefined;
      throw GatewayError.issuerDown({ cause: error, detail: 'the issuer does not tell its keys' });
    }
  }

  private async introspect(accessToken: string): Promise<Verification> {
    const { configuration } = await this.connect();
    if (configuration.serverMetadata().introspection_endpoint === undefined) return 'dead';
    const parameters = { token_type_hint: 'access_token' };
    const answer = await openid
      .tokenIntrospection(configuration, accessToken, parameters)
      .catch((error: unknown) => {
        throw asGatewayError(error, 'refresh_token');
      });
    if (!answer.active) return 'dead';
    const isFit = answer.cnf === undefined && isMeantFor(this.config.audience, answer.aud);
    return isFit ? { subject: answer.sub } : 'unfit';
  }
}

/** Whether it was the token that was wrong, and not that its keys could not be had. */
function isVerdict(error: unknown): boolean {
  const isUnavailable =
    !(error instanceof errors.JOSEError) ||
    error instanceof errors.JWKSTimeout ||
    error.code === 'ERR_JOSE_GENERIC';
  return !isUnavailable;
}

function asGatewayError(error: unknown, method: GrantCredential['method']): GatewayError {
  if (error instanceof openid.WWWAuthenticateChallengeError) {
    return issuerRefusal(method, 'invalid_client', 'the issuer refuses the client', { cause: error });
  }
  if (error instanceof openid.ResponseBodyError && error.status !== 429 && error.status < 500) {
    const description = printable(error.error_description) ?? 'the issuer refused';
    return issuerRefusal(method, error.error, description, { cause: error });
  }
  return GatewayError.issuerDown({ cause: error, detail: 'the issuer does not answer as it should' });
}

/** What another says must not break out of a header or a log line. */
function printable(text: string | undefined): string | undefined {
  return text?.replace(/[^\x20-\x7E]|["\\]/g, ' ').slice(0, 200);
}
