import { cpuOf, memoryOf } from './usage.mjs';

/**
 * A slice of a row with what it took. CPU in processors, memory in bytes; `undefined` where the system does
 * not tell, or nobody is there to be measured.
 *
 * @typedef {object} Measurement
 * @property {number} rate right and wrong answers a second
 * @property {number} p50 milliseconds
 * @property {number} p99 milliseconds
 * @property {number} errors wrong answers
 * @property {{ server?: number, load: number, postgres?: number }} cpu
 * @property {{ server?: number, postgres?: number }} memory at the end
 */

/** A row made ready: its load generator runs and waits for its turn. */
export class Contestant {
  /** @type {Measurement[]} */
  measurements = [];
  /** @type {string[]} what was wrong in any slice, the warm-up's as well */
  problems = [];

  /**
   * @param {import('./setting.mjs').Setting} setting
   * @param {import('./rows.mjs').Row} row
   * @param {import('./rows.mjs').Work} work
   * @param {import('./child-program.mjs').ChildProgram} generator
   */
  constructor(setting, row, work, generator) {
    this.setting = setting;
    this.row = row;
    this.work = work;
    this.generator = generator;
  }

  /**
   * @param {import('./setting.mjs').Setting} setting
   * @param {import('./rows.mjs').Row} row
   * @param {import('./fixture.mjs').Family[]} families
   */
  static async enrol(setting, row, families) {
    const common = { families, connections: setting.connections };
    const work = { ...common, ...(await row.plan(setting, common)) };
    const generator = setting.program('load-generator.mjs');
    await generator.ask('prepare', { name: row.name, work });
    return new Contestant(setting, row, work, generator);
  }

  /**
   * Lets code be compiled, connections be opened and caches fill.
   *
   * @param {number} seconds
   */
  async warmUp(seconds) {
    this.#note(await this.generator.ask('slice', seconds));
  }

  /**
   * @param {number} seconds
   * @returns {Promise<Measurement>}
   */
  async measure(seconds) {
    const server = await stopwatchOf(this.work.pid);
    const postgres = await stopwatchOf(this.setting.database.serverPid);
    const slice = await this.generator.ask('slice', seconds);
    const measurement = {
      rate: slice.answers / slice.seconds,
      p50: slice.p50,
      p99: slice.p99,
      errors: slice.errors,
      cpu: { server: await server(), load: slice.cpu, postgres: await postgres() },
      memory: {
        server: await memoryOf(this.work.pid),
        postgres: await memoryOf(this.setting.database.serverPid),
      },
    };
    this.#note(slice);
    this.measurements.push(measurement);
    return measurement;
  }

  /** Compares what the load generator was told with what is there. */
  async check() {
    const tally = await this.generator.ask('tally');
    const problems = (await this.row.check?.(this.setting, this.work, tally)) ?? [];
    this.problems.push(...problems);
  }

  /** @param {import('./load/drive.mjs').Slice} slice */
  #note({ errors, examples }) {
    if (errors > 0) this.problems.push(`${errors} wrong answers, such as: ${examples.join('; ')}`);
  }
}

/**
 * @param {number | undefined} pid
 * @returns {Promise<() => Promise<number | undefined>>} the processors used since
 */
async function stopwatchOf(pid) {
  const start = performance.now();
  const before = await cpuOf(pid);
  return async () => {
    const after = await cpuOf(pid);
    if (before === undefined || after === undefined) return undefined;
    return ((after - before) * 1_000) / (performance.now() - start);
  };
}
