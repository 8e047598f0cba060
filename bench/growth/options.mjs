import { parseArgs } from 'node:util';

export const HELP = `Measures refresh and introspection on tables of several sizes, each in a database of its own, in turns; then a
million rotations on the largest, and a purge of it under load. Takes Postgres of DATABASE_URL (its role must be
allowed to CHECKPOINT) or its own, and Redis of REDIS_URL or its own.

  npm run bench:growth -- [options]

  --sizes 10000,1000000   families, the smallest first
  --sessions 50000        how many of them the load refreshes, at most; fewer where the table has fewer
  --rounds 10             how often each size has its turn
  --seconds 3             length of each turn
  --connections 64        connections with a request under way on each
  --rotations 1000000     on the largest, afterwards
  --partitioned           on 16 partitions, by docs/partition-token-family.sql
  --json file             writes the results
  --help
`;

/**
 * @typedef {object} GrowthOptions
 * @property {boolean} help
 * @property {number[]} sizes
 * @property {number} sessions
 * @property {number} rounds
 * @property {number} seconds
 * @property {number} connections
 * @property {number} rotations
 * @property {boolean} partitioned
 * @property {string} [json] file
 */

/**
 * @returns {GrowthOptions}
 * @throws Error that says what is wrong with them
 */
export function readOptions() {
  const { values } = parseArgs({
    options: {
      sizes: { type: 'string', default: '10000,1000000' },
      sessions: { type: 'string', default: '50000' },
      rounds: { type: 'string', default: '10' },
      seconds: { type: 'string', default: '3' },
      connections: { type: 'string', default: '64' },
      rotations: { type: 'string', default: '1000000' },
      partitioned: { type: 'boolean', default: false },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const { help, partitioned, json, sizes, ...numbers } = values;
  return {
    help,
    partitioned,
    json,
    sizes: sizes.split(',').map((size) => count('sizes', size)),
    sessions: count('sessions', numbers.sessions),
    rounds: count('rounds', numbers.rounds),
    seconds: count('seconds', numbers.seconds),
    connections: count('connections', numbers.connections),
    rotations: count('rotations', numbers.rotations),
  };
}

/**
 * @param {string} name
 * @param {string} text
 */
function count(name, text) {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${name} must be whole and above 0`);
  return number;
}
