import { readFile } from 'node:fs/promises';
import { Contestant } from '../contestant.mjs';
import { introspect } from '../rows/introspect.mjs';
import { refresh } from '../rows/refresh.mjs';
import { Setting } from '../setting.mjs';
import { tableState, tableStateAfter, walPosition } from './table.mjs';

const PARTITION = new URL('../../docs/partition-token-family.sql', import.meta.url);
const INTROSPECTED = 512;
const WARM_UP_SECONDS = 2;
/** A purge of our own follows, and finds what the service's would: what ended over 25 hours ago. */
const ENVIRONMENT = { PURGE_INTERVAL: '0', PURGE_AFTER: '90000' };

/** A table of one size, in a database of its own, with a service and load generators ready. */
export class Candidate {
  /** @type {number[]} bytes of write-ahead log for each refresh, by turn */
  walPerRefresh = [];

  /**
   * @param {Setting} setting
   * @param {{ families: number, sessions: number, fillSeconds: number }} facts
   * @param {{ refresh: Contestant, introspect: Contestant }} contestants
   * @param {import('./table.mjs').TableState} filled
   */
  constructor(setting, facts, contestants, filled) {
    this.setting = setting;
    this.facts = facts;
    this.refresh = contestants.refresh;
    this.introspect = contestants.introspect;
    this.filled = filled;
  }

  /**
   * @param {string} postgresUrl
   * @param {number} families
   * @param {import('./options.mjs').GrowthOptions} options
   */
  static async open(postgresUrl, families, options) {
    const setting = await Setting.open(options, postgresUrl);
    try {
      Object.assign(setting.environment, ENVIRONMENT);
      const start = performance.now();
      const known = await fillDatabase(setting, families, options);
      const fillSeconds = (performance.now() - start) / 1_000;
      const filled = await tableState(setting.database.pool);
      const [asked, refreshed] = [known.slice(0, INTROSPECTED), known.slice(INTROSPECTED)];
      const contestants = {
        refresh: await Contestant.enrol(setting, refresh, refreshed),
        introspect: await Contestant.enrol(setting, introspect, asked),
      };
      for (const contestant of Object.values(contestants)) await contestant.warmUp(WARM_UP_SECONDS);
      return new Candidate(
        setting,
        { families, sessions: refreshed.length, fillSeconds },
        contestants,
        filled,
      );
    } catch (error) {
      await setting.close();
      throw error;
    }
  }

  /** @returns {import('pg').Pool} */
  get pool() {
    return this.setting.database.pool;
  }

  /**
   * Each row once. A checkpoint comes first, and so none in between: each page that a turn changes is written to the
   * log in full once, as it is where sessions refresh more rarely than Postgres makes checkpoints.
   *
   * @param {number} seconds of a turn
   */
  async takeTurn(seconds) {
    await this.pool.query('CHECKPOINT');
    const before = await walPosition(this.pool);
    const { rate } = await this.refresh.measure(seconds);
    this.walPerRefresh.push(((await walPosition(this.pool)) - before) / (rate * seconds));
    await this.introspect.measure(seconds);
  }

  /** @returns {Promise<number>} right answers to refreshes, so far */
  async rotations() {
    const tally = await this.refresh.generator.ask('tally');
    return tally.reduce((/** @type {number} */ sum, /** @type {number} */ count) => sum + count, 0);
  }

  /** @returns {Promise<import('./table.mjs').TableState>} with all refreshes in it, those of the plan to introspect too */
  async state() {
    const refreshes = this.introspect.work.families.length + (await this.rotations());
    return tableStateAfter(this.pool, this.filled.updates + refreshes);
  }

  /** @returns {Promise<string[]>} what was answered wrong, or is not in the table as it was answered */
  async problems() {
    const contestants = [this.refresh, this.introspect];
    for (const contestant of contestants) await contestant.check();
    return contestants.flatMap(({ row, problems }) =>
      problems.map((problem) => `${this.facts.families} families, ${row.name}: ${problem}`),
    );
  }
}

/**
 * @param {Setting} setting
 * @param {number} families
 * @param {import('./options.mjs').GrowthOptions} options
 * @returns {Promise<import('../fixture.mjs').Family[]>} those whose tokens are known
 */
async function fillDatabase(setting, families, { sessions, partitioned }) {
  const program = setting.program('growth/fill-program.mjs', { ...setting.environment, LOG_LEVEL: 'warn' });
  await program.ask('migrate');
  if (partitioned) await setting.database.pool.query(await readFile(PARTITION, 'utf8'));
  const client = setting.clients.rotating;
  const known = await program.ask('fill', { families, sessions: sessions + INTROSPECTED, client });
  await program.stop();
  return known;
}
