import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { wrongGenerations } from '../generations.mjs';
import { drive } from '../load/drive.mjs';
import { walkShare } from '../load/share.mjs';

const CONNECTIONS = 16;
const SESSIONS = 4_096;
const UPDATE = {
  name: 'bare_update',
  text: `
    UPDATE token_family SET generation = generation + 1, token_hash = $2, rotated_at = clock_timestamp()
    WHERE id = $1 AND generation = $3`,
};

/**
 * A yardstick: single-row compare-and-set updates of the same table, a commit each, and nothing around them.
 *
 * @type {import('../rows.mjs').Row}
 */
export const update = {
  name: 'update',
  title: `bare UPDATE, ${CONNECTIONS} connections`,
  yardstick: 'UPDATE',
  families: () => SESSIONS,
  plan: async ({ database }) => ({ databaseUrl: database.url }),
  load: ({ families, databaseUrl }) => {
    const generations = families.map(() => 0);
    const turnOf = (/** @type {pg.Client} */ client, /** @type {number} */ connection) => {
      const nextFamily = walkShare(families.length, connection, CONNECTIONS);
      return async () => {
        const family = nextFamily();
        const values = [families[family].id, randomBytes(32), generations[family]];
        const { rowCount } = await client.query({ ...UPDATE, values });
        if (rowCount !== 1) return `an update changed ${rowCount} rows`;
        generations[family] += 1;
        return undefined;
      };
    };
    const slice = async (/** @type {number} */ seconds) => {
      const clients = Array.from({ length: CONNECTIONS }, () => new pg.Client(databaseUrl));
      await Promise.all(clients.map((client) => client.connect()));
      try {
        return await drive(clients.map(turnOf), seconds);
      } finally {
        await Promise.all(clients.map((client) => client.end()));
      }
    };
    return { slice, tally: () => generations };
  },
  check: ({ database }, { families }, tally) => wrongGenerations(database.pool, families, tally),
};
