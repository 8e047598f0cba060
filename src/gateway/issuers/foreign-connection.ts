import { createRemoteJWKSet, importJWK, type JWK, type JWTVerifyGetKey } from 'jose';
import * as openid from 'openid-client';
import { isSecureUrl } from '../../common/secure-url.js';
import { type RouteConfig } from '../routes/gateway-route.js';

/** Keys are fetched no more often, however many tokens name one that is not known. */
const COOLDOWN_MS = 1_000;

/** An issuer as one client knows it. */
export interface ForeignConnection {
  readonly configuration: openid.Configuration;
  readonly issuer: string;
  /** Its keys, fetched again when a token names one that is not among them. */
  readonly keys: JWTVerifyGetKey;
}

/** @throws whatever `openid-client` throws when the issuer does not answer as discovery has it */
export async function discover(config: RouteConfig): Promise<ForeignConnection> {
  const { issuer, client_id, client_secret, timeout } = config;
  const configuration = await openid.discovery(
    new URL(issuer),
    client_id ?? '',
    client_secret === null || config.client_auth === 'private_key_jwt' ? {} : { client_secret },
    await clientAuthentication(config),
    { timeout: timeout / 1000, execute: executedFor(issuer) },
  );
  const { jwks_uri, issuer: named } = configuration.serverMetadata();
  const keys = createRemoteJWKSet(new URL(jwks_uri ?? ''), {
    timeoutDuration: timeout,
    cooldownDuration: COOLDOWN_MS,
  });
  return { configuration, issuer: named, keys };
}

/** The same issuer for a client that a caller is itself. */
export function connectAs(
  { configuration }: ForeignConnection,
  { issuer, timeout }: RouteConfig,
  clientId: string,
  clientSecret: string,
): openid.Configuration {
  const server = configuration.serverMetadata();
  const own = new openid.Configuration(server, clientId, {}, openid.ClientSecretBasic(clientSecret));
  own.timeout = timeout / 1000;
  for (const prepare of executedFor(issuer)) prepare(own);
  return own;
}

/** http is for the loopback only: nothing else is configured. */
function executedFor(issuer: string): ((configuration: openid.Configuration) => void)[] {
  const isLoopback = new URL(issuer).protocol === 'http:' && isSecureUrl(issuer);
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- so marked that nobody overlooks what it does
  return isLoopback ? [openid.allowInsecureRequests] : [];
}

async function clientAuthentication({ client_auth, client_secret }: RouteConfig): Promise<openid.ClientAuth> {
  switch (client_auth) {
    case 'basic':
      return openid.ClientSecretBasic(client_secret ?? undefined);
    case 'post':
      return openid.ClientSecretPost(client_secret ?? undefined);
    case 'none':
      return openid.None();
    case 'private_key_jwt': {
      const jwk = JSON.parse(client_secret ?? '{}') as JWK;
      const key = (await importJWK(jwk)) as openid.CryptoKey;
      return openid.PrivateKeyJwt({ key, kid: jwk.kid });
    }
  }
}
