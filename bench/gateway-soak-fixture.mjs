/** A program: makes the routes and the families of the soak with the service's own code, see `ChildProgram`. */
import { ClientDirectory } from '../dist/clients/client-directory.js';
import { Database } from '../dist/database/database.js';
import { TokenFamilyService } from '../dist/tokens/families/token-family.service.js';
import { UserService } from '../dist/users/user.service.js';
import { answerParent } from './answer-parent.mjs';
import { openAppContext } from './app-context.mjs';
import { addRoute } from './proxies/add-route.mjs';
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
  await addRoute(app, { name: path.slice(1), path, upstream, client: CLIENT, config: { issuer } });
  await app.close();
}
