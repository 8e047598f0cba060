import { cpus } from 'node:os';
import { Contestant } from './contestant.mjs';
import { Setting } from './setting.mjs';

/** Seconds: for as long a service that gets busy all of a sudden has its code compiled beside its work. */
const LONGEST_WARM_UP = 5;
/** Variables of the service that are no secret and matter to the numbers. */
const PUBLIC = ['NODE_ENV', 'LOG_LEVEL'];

/**
 * All that a run found out.
 *
 * @typedef {object} Results
 * @property {string} date ISO 8601
 * @property {Record<string, string | number>} machine the processors, Node.js, and Postgres' settings
 * @property {{ rounds: number, seconds: number, connections: number }} options
 * @property {Record<string, string>} service variables of the service, but for those that are secret
 * @property {{ name: string, title: string, yardstick?: string, measurements: import('./contestant.mjs').Measurement[] }[]} rows
 * @property {{ updates: number, hot: number, bytesBefore: number, bytesAfter: number }} table law L7
 * @property {string[]} problems wrong answers, and a table that does not agree with them
 */

/**
 * Runs the rows in rounds, so that each ratio is between measurements of the same minutes: the machine may be
 * slower in others.
 *
 * @param {import('./options.mjs').Options} options
 * @param {(line: string) => void} progress
 * @returns {Promise<Results>}
 */
export async function runBenchmark(options, progress) {
  const setting = await Setting.open(options);
  const interrupt = () => void setting.close().finally(() => process.exit(130));
  process.once('SIGINT', interrupt);
  try {
    const machine = await describeMachine(setting);
    const contestants = await enrolAll(setting, options, progress);
    const { bytes: bytesBefore } = await setting.database.familyTable();
    await runRounds(contestants, options, progress);
    await setting.stopServices();
    for (const contestant of contestants) await contestant.check();
    const { updates, hot, bytes } = await setting.database.familyTableAtRest();
    return {
      date: new Date().toISOString(),
      machine,
      options: { rounds: options.rounds, seconds: options.seconds, connections: options.connections },
      service: publicPart(setting.environment),
      rows: contestants.map(({ row: { name, title, yardstick }, measurements }) => {
        return { name, title, yardstick, measurements };
      }),
      table: { updates, hot, bytesBefore, bytesAfter: bytes },
      problems: contestants.flatMap(({ row, problems }) =>
        problems.map((problem) => `${row.name}: ${problem}`),
      ),
    };
  } finally {
    process.off('SIGINT', interrupt);
    await setting.close();
  }
}

/**
 * @param {Setting} setting
 * @param {import('./options.mjs').Options} options
 * @param {(line: string) => void} progress
 */
async function enrolAll(setting, { rows, rounds, seconds, connections }, progress) {
  const loadSeconds = rounds * seconds + warmUpSeconds(seconds);
  const wanted = rows.map(({ client = 'rotating', families }) => {
    return { clientId: setting.clients[client].id, count: families({ loadSeconds, connections }) };
  });
  progress(`beginning ${wanted.reduce((sum, { count }) => sum + count, 0)} families`);
  const families = await setting.families(wanted);
  const contestants = [];
  for (const [index, row] of rows.entries()) {
    contestants.push(await Contestant.enrol(setting, row, families[index]));
  }
  return contestants;
}

/**
 * @param {readonly Contestant[]} contestants
 * @param {import('./options.mjs').Options} options
 * @param {(line: string) => void} progress
 */
async function runRounds(contestants, { rounds, seconds }, progress) {
  for (const contestant of contestants) await contestant.warmUp(warmUpSeconds(seconds));
  for (let round = 1; round <= rounds; round += 1) {
    for (const contestant of contestants) {
      const { rate, p99 } = await contestant.measure(seconds);
      progress(
        `round ${round} of ${rounds}  ${contestant.row.name}: ${Math.round(rate)}/s, p99 ${p99.toFixed(1)} ms`,
      );
    }
  }
}

/** @param {number} seconds of a slice */
function warmUpSeconds(seconds) {
  return Math.min(seconds, LONGEST_WARM_UP);
}

/** @param {Record<string, string>} environment */
function publicPart(environment) {
  return Object.fromEntries(PUBLIC.map((name) => [name, environment[name]]));
}

/** @param {Setting} setting */
async function describeMachine({ database }) {
  const processors = cpus();
  return {
    processors: `${processors.length} x ${processors[0]?.model.trim() ?? 'unknown'}`,
    node: process.version,
    commit_ms: Number((await database.commitTime()).toFixed(2)),
    ...(await database.settings()),
  };
}
