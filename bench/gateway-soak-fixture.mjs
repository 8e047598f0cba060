/** A program: makes the routes and the families of the soak with the service's own code, see `ChildProgram`. */
import { randomUUID } from 'node:crypto';
import { ClientDirectory } from '../dist/clients/client-directory.js';
import { Database } from '../dist/database/database.js';
import { ClientSecretSeal } from '../dist/gateway/routes/client-secret-seal.js';
import { GatewayRouteRepository } from '../dist/gateway/routes/gateway-route.repository.js';
import { DEFAULT_CONFIG, DEFAULT_ROUTE } from '../dist/gateway/routes/route-defaults.js';
import { TokenFamilyService } from '../dist/tokens/families/token-family.service.js';
import { UserService } from '../dist/users/user.service.js';
import { answerParent } from './answer-parent.mjs';
import { openAppContext } from './app-context.mjs';
import { registerClient, SCOPES } from './register-client.mjs';

export const CLIENT = { id: 'gateway', secret: 'the secret of the gateway' };

answerParent({ begin, route });

/**
 * Registers the gateway's client, and a user and a family for each of `count`.
 *
 * @param {{ count: number, lifetime: number }} order `lifetime` of access tokens in seconds
 * @returns {Promise<string[]>} refresh tokens
 */
async function begin({ count, lifetime }) {
  const app = await openAppContext();
  await registerClient(app, { ...CLIENT, tokenPolicy: { access_token_lifetime: lifetime } });
  const client = await app.get(ClientDirectory).find(CLIENT.id);
  const tokens = [];
  for (let number = 0; number < count; number += 1) {
    const username = `soak-${number}`;
    await app.get(UserService).create({ username });
    const { id: userId } = await app.get(UserService).findByUsername(username);
    const grant = { client, userId, scopes: SCOPES, audiences: [], authTime: new Date(), amr: [] };
    tokens.push((await app.get(TokenFamilyService).begin(app.get(Database), grant)).refreshToken);
  }
  await app.close();
  return tokens;
}

/** @param {{ path: string, issuer: string | null, upstream: string }} wanted */
async function route({ path, issuer, upstream }) {
  const app = await openAppContext();
  const id = randomUUID();
  const row = {
    ...DEFAULT_ROUTE,
    id,
    name: path.slice(1),
    paths: [path],
    upstream_url: upstream,
    config: { ...DEFAULT_CONFIG, issuer, client_id: CLIENT.id, scopes: [] },
    ...app.get(ClientSecretSeal).seal(id, CLIENT.secret),
  };
  const database = app.get(Database);
  await database.transaction((transaction) => app.get(GatewayRouteRepository).insert(transaction, row));
  await app.close();
}
