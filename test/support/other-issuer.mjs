/* eslint-disable @typescript-eslint/ban-ts-comment, @typescript-eslint/no-unsafe-call,
   @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-assignment,
   @typescript-eslint/no-unsafe-argument -- the provider comes without types */
// @ts-nocheck
/**
 * An OpenID provider that is not Regrant, in a process of its own: prints its URL, and takes the user john / doe by
 * password. Its access tokens are opaque by password, and JWTs for https://api.example by refresh token.
 */
import Provider, { errors } from 'oidc-provider';
import { once } from 'node:events';
import { createServer } from 'node:http';

const RESOURCE = 'https://api.example';
const SCOPE = 'openid offline_access';
const server = createServer().listen(0, '127.0.0.1');
await once(server, 'listening');
const issuer = `http://127.0.0.1:${server.address().port}`;

const client = (client_id, rest = {}) => ({
  client_id,
  client_secret: `${client_id}-secret`,
  grant_types: ['refresh_token', 'password', 'client_credentials'],
  redirect_uris: [],
  response_types: [],
  ...rest,
});

const provider = new Provider(issuer, {
  clients: [
    client('gateway'),
    client('another'),
    client('poster', { token_endpoint_auth_method: 'client_secret_post' }),
  ],
  clientAuthMethods: ['client_secret_basic', 'client_secret_post'],
  scopes: ['openid', 'offline_access', 'read'],
  rotateRefreshToken: true,
  findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
  ttl: { AccessToken: 3600, RefreshToken: 86_400, Grant: 86_400, ClientCredentials: 3600, IdToken: 3600 },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => RESOURCE,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({ scope: 'read', accessTokenFormat: 'jwt', audience: RESOURCE }),
    },
  },
});

async function password(ctx) {
  const { client, params } = ctx.oidc;
  if (params.password !== 'doe') throw new errors.InvalidGrant('the password is wrong');
  const accountId = params.username;
  const grant = new provider.Grant({ accountId, clientId: client.clientId });
  grant.addOIDCScope(SCOPE);
  grant.addResourceScope(RESOURCE, 'read');
  const grantId = await grant.save();
  const common = { accountId, client, grantId, gty: 'password' };
  const refreshToken = new provider.RefreshToken({ ...common, scope: `${SCOPE} read`, resource: RESOURCE });
  const accessToken = new provider.AccessToken({ ...common, scope: 'openid' });
  ctx.body = {
    access_token: await accessToken.save(),
    expires_in: accessToken.expiration,
    token_type: 'Bearer',
    scope: SCOPE,
    refresh_token: await refreshToken.save(),
  };
}
provider.registerGrantType('password', password, ['username', 'password', 'scope']);
provider.on('server_error', (_context, error) => {
  console.error(error);
});
server.on('request', provider.callback());
console.log(issuer);
