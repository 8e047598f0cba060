import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { KeyRing } from '../../dist/key-ring/key-ring.js';
import {
  encodeRefreshToken,
  hashOf,
  REFRESH_TOKEN_SECRET_BYTES,
} from '../../dist/tokens/families/refresh-token.js';
import { registerClient } from '../register-client.mjs';
import * as statements from './fill-statements.mjs';
import { Progress } from './progress.mjs';

/** Rows of a statement, and so of a commit. */
const CHUNK = 50_000;
const DAY = 86_400;

/**
 * What to fill a database with.
 *
 * @typedef {object} FillOrder
 * @property {number} families
 * @property {number} sessions how many of the families are to have refresh tokens that are known
 * @property {import('../fixture.mjs').BenchClient} client the busy one, not registered yet
 */

/**
 * Adds families to a migrated database, with their users and clients, and leaves it vacuumed.
 *
 * @param {import('@nestjs/common').INestApplicationContext} app
 * @param {FillOrder} order
 * @returns {Promise<import('../fixture.mjs').Family[]>} families of the busy client with their refresh tokens, in no
 *   order; fewer than asked for where there are not so many
 */
export async function fill(app, { families, sessions, client }) {
  const run = randomBytes(4).toString('hex');
  await registerClients(app, client, run);
  const connection = new pg.Client({ connectionString: app.get(DataSource).options.url });
  await connection.connect();
  try {
    await connection.query(statements.BACKDATE_CLIENTS, [run, client.id]);
    await connection.query(statements.FUNCTIONS);
    await insertInChunks('users', statements.usersOf(families), (from, to) =>
      connection.query(statements.INSERT_USERS, [run, from, to]),
    );
    const now = new Date();
    await insertInChunks('families', families, (from, to) =>
      connection.query(statements.INSERT_FAMILIES, [run, from, to, families, now, client.id]),
    );
    const known = await issueTokens(connection, app.get(KeyRing), client.id, sessions);
    await connection.query('VACUUM (ANALYZE) user_account');
    await connection.query('VACUUM (ANALYZE) token_family');
    return known;
  } finally {
    await connection.end();
  }
}

/**
 * @param {import('@nestjs/common').INestApplicationContext} app
 * @param {import('../fixture.mjs').BenchClient} busy
 * @param {string} run
 */
async function registerClients(app, busy, run) {
  await registerClient(app, busy);
  for (let number = 1; number <= statements.OTHER_CLIENTS; number += 1) {
    const isFixed = number % 2 === 1;
    await registerClient(app, {
      id: `fill-${run}-${number}`,
      secret: randomBytes(32).toString('base64url'),
      tokenPolicy: {
        refresh_token_expiry: isFixed ? 'fixed' : 'sliding',
        refresh_token_lifetime: (isFixed ? 31 : 14) * DAY,
      },
    });
  }
}

/**
 * @param {string} title
 * @param {number} total
 * @param {(from: number, to: number) => Promise<unknown>} insert rows by number, both included, from 0
 */
async function insertInChunks(title, total, insert) {
  const progress = new Progress(title, total);
  for (let from = 0; from < total; from += CHUNK) {
    const to = Math.min(from + CHUNK, total);
    await insert(from, to - 1);
    progress.update(to);
  }
}

/**
 * Issues the first refresh tokens of existing families, as `TokenFamilyService.begin` does for new ones.
 *
 * @param {pg.Client} connection
 * @param {KeyRing} keys
 * @param {string} clientId
 * @param {number} count
 * @returns {Promise<import('../fixture.mjs').Family[]>}
 */
async function issueTokens(connection, keys, clientId, count) {
  const { rows } = await connection.query(statements.CHOOSE_FAMILIES, [clientId, count]);
  const issued = [];
  for (const { id } of rows) {
    const secret = randomBytes(REFRESH_TOKEN_SECRET_BYTES);
    const first = { keyVersion: keys.activeVersion, familyId: id, generation: 0, secret };
    issued.push({ id, token: encodeRefreshToken(keys, first), hash: hashOf(first) });
  }
  await connection.query(statements.SET_HASHES, [
    issued.map(({ id }) => id),
    issued.map(({ hash }) => hash),
    keys.activeVersion,
  ]);
  return issued.map(({ id, token }) => ({ id, token }));
}
