import { parseArgs } from 'node:util';
import { ROWS, rowNamed } from './rows.mjs';

export const HELP = `Measures the built service on a real Postgres and Redis: those of DATABASE_URL and REDIS_URL, or its own.

  npm run bench -- [options]

  --quick             one round of short slices, for CI
  --only a,b          these rows only: ${ROWS.map(({ name }) => name).join(', ')}
  --rounds 5          how often each row has its turn
  --seconds 3         length of each turn
  --connections 64    connections with a request under way on each
  --json file         writes the results
  --svg file          draws them
  --cpu-prof folder   has the services write CPU profiles there
  --help
`;

const QUICK = { rounds: 1, seconds: 1 };
const THOROUGH = { rounds: 5, seconds: 3 };

/**
 * What a run does.
 *
 * @typedef {object} Options
 * @property {boolean} help
 * @property {import('./rows.mjs').Row[]} rows
 * @property {number} rounds
 * @property {number} seconds of a slice
 * @property {number} connections
 * @property {string} [json] file
 * @property {string} [svg] file
 * @property {string} [cpuProf] folder
 */

/**
 * @param {readonly string[]} args
 * @returns {Options}
 * @throws Error that says what is wrong with them
 */
export function readOptions(args) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      connections: { type: 'string' },
      json: { type: 'string' },
      svg: { type: 'string' },
      'cpu-prof': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const defaults = values.quick ? QUICK : THOROUGH;
  return {
    help: values.help,
    rows: values.only ? values.only.split(',').map(rowNamed) : ROWS.filter(({ isExtra }) => !isExtra),
    rounds: wholeNumber('rounds', values.rounds ?? defaults.rounds),
    seconds: positive('seconds', values.seconds ?? defaults.seconds),
    connections: wholeNumber('connections', values.connections ?? 64),
    json: values.json,
    svg: values.svg,
    cpuProf: values['cpu-prof'],
  };
}

/**
 * @param {string} name
 * @param {string | number} value
 */
function positive(name, value) {
  const number = Number(value);
  if (!(number > 0)) throw new Error(`--${name} must be above 0`);
  return number;
}

/**
 * @param {string} name
 * @param {string | number} value
 */
function wholeNumber(name, value) {
  const number = positive(name, value);
  if (!Number.isInteger(number)) throw new Error(`--${name} must be a whole number`);
  return number;
}
