/** A program: registers clients and begins families with the service's own code, see `ChildProgram`. */
import { ClientDirectory } from '../dist/clients/client-directory.js';
import { Database } from '../dist/database/database.js';
import { TokenFamilyService } from '../dist/tokens/families/token-family.service.js';
import { UserService } from '../dist/users/user.service.js';
import { answerParent } from './answer-parent.mjs';
import { openAppContext } from './app-context.mjs';
import { registerClient, SCOPES } from './register-client.mjs';

const USERS = 200;
/** At the same time: a commit for each family would take longer than a quick run. */
const TRANSACTIONS = 4;

/**
 * A session that a row may use as it likes.
 *
 * @typedef {{ id: string, token: string }} Family
 *
 * A confidential client.
 *
 * @typedef {{ id: string, secret: string, tokenPolicy: Record<string, unknown> }} BenchClient
 */

answerParent({ make });

/**
 * @param {{ clients: BenchClient[], wanted: { clientId: string, count: number }[] }} order
 * @returns {Promise<Family[][]>} the families of each wish, in no order: neighbours in the list, which are
 *   taken one after the other, are not neighbours in the table
 */
async function make({ clients, wanted }) {
  const app = await openAppContext();
  for (const client of clients) await registerClient(app, client);
  const users = await createUsers(app);
  const made = [];
  for (const { clientId, count } of wanted) {
    made.push(shuffled(await beginFamilies(app, clientId, users, count)));
  }
  await app.close();
  return made;
}

/**
 * @param {import('@nestjs/common').INestApplicationContext} app
 * @returns {Promise<string[]>} their ids
 */
async function createUsers(app) {
  const users = app.get(UserService);
  const ids = [];
  for (let number = 0; number < USERS; number += 1) {
    const username = `user-${number}`;
    await users.create({ username });
    ids.push((await users.findByUsername(username)).id);
  }
  return ids;
}

/**
 * @param {import('@nestjs/common').INestApplicationContext} app
 * @param {string} clientId
 * @param {readonly string[]} userIds
 * @param {number} count
 * @returns {Promise<Family[]>}
 */
async function beginFamilies(app, clientId, userIds, count) {
  const client = await app.get(ClientDirectory).find(clientId);
  const service = app.get(TokenFamilyService);
  const grant = { client, scopes: SCOPES, audiences: [], authTime: new Date(), amr: ['pwd'] };
  const begin = async (/** @type {readonly string[]} */ ids) =>
    app.get(Database).transaction(async (transaction) => {
      const begun = [];
      for (const userId of ids) begun.push(await service.begin(transaction, { ...grant, userId }));
      return begun;
    });
  const owners = Array.from({ length: count }, (_, index) => userIds[index % userIds.length]);
  const shares = Array.from({ length: TRANSACTIONS }, (_, share) =>
    owners.filter((_, index) => index % TRANSACTIONS === share),
  );
  const begun = (await Promise.all(shares.map(begin))).flat();
  return begun.map(({ family, refreshToken }) => ({ id: family.id, token: refreshToken }));
}

/** @type {<Item>(items: readonly Item[]) => Item[]} */
function shuffled(items) {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item);
}
