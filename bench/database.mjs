import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { execute } from '../test/support/execute.js';
import { median } from './statistics.mjs';
import { postmasterOf } from './usage.mjs';

/** What a commit must not do without to count. */
const DURABILITY = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' };
const SHOWN = [...Object.keys(DURABILITY), 'server_version', 'shared_buffers', 'wal_sync_method'];
const PROBES = 50;
const STATISTICS_TIMEOUT_MS = 15_000;

/** A database of the run's own. */
export class BenchDatabase {
  /** Postgres' first process, where it runs on this machine. @type {number | undefined} */
  serverPid;

  /**
   * @param {string} server
   * @param {string} name
   * @param {string} url
   */
  constructor(server, name, url) {
    this.server = server;
    this.name = name;
    this.url = url;
    this.pool = new pg.Pool({ connectionString: url, max: 2 });
    this.pool.on('error', () => undefined);
  }

  /**
   * @param {string} server the URL of a role that may create databases
   * @throws Error where commits there are not durable
   */
  static async create(server) {
    const name = `regrant_bench_${randomBytes(6).toString('hex')}`;
    await execute(server, `CREATE DATABASE ${name}`);
    const url = new URL(server);
    url.pathname = `/${name}`;
    const database = new BenchDatabase(server, name, url.href);
    try {
      refuseUndurable(await database.settings());
      const { rows } = await database.pool.query('SELECT pg_backend_pid() AS pid');
      database.serverPid = await postmasterOf(rows[0].pid);
      return database;
    } catch (error) {
      await database.drop();
      throw error;
    }
  }

  /** @returns {Promise<Record<string, string>>} server parameters by name */
  async settings() {
    const { rows } = await this.pool.query(
      'SELECT name, current_setting(name) AS setting FROM pg_settings WHERE name = ANY($1) ORDER BY name',
      [SHOWN],
    );
    return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
  }

  /** The milliseconds that a commit takes here when nothing else goes on: what the disk is like. */
  async commitTime() {
    await this.pool.query('CREATE TABLE commit_probe (id integer)');
    const times = [];
    for (let probe = 0; probe < PROBES; probe += 1) {
      const start = performance.now();
      await this.pool.query('INSERT INTO commit_probe VALUES (1)');
      times.push(performance.now() - start);
    }
    await this.pool.query('DROP TABLE commit_probe');
    return median(times);
  }

  /** So that every run begins with the table in the same state. */
  async tidy() {
    await this.pool.query('VACUUM (ANALYZE) token_family');
  }

  /**
   * Law L7: updates of the family table, those of them that touched no index, and its size in bytes.
   *
   * @returns {Promise<{ updates: number, hot: number, bytes: number }>}
   */
  async familyTable() {
    const { rows } = await this.pool.query(
      `SELECT n_tup_upd::float8 AS updates, n_tup_hot_upd::float8 AS hot, pg_relation_size(relid)::float8 AS bytes
       FROM pg_stat_user_tables WHERE relname = 'token_family'`,
    );
    return rows[0];
  }

  /** The same once the statistics, which backends hand in late, tell of all that was rotated and revoked. */
  async familyTableAtRest() {
    const { rows } = await this.pool.query(
      'SELECT (COALESCE(sum(generation), 0) + count(revoked_at))::float8 AS updates FROM token_family',
    );
    const deadline = Date.now() + STATISTICS_TIMEOUT_MS;
    for (;;) {
      const table = await this.familyTable();
      if (table.updates >= rows[0].updates || Date.now() > deadline) return table;
      await delay(100);
    }
  }

  async drop() {
    await this.pool.end();
    await execute(this.server, `DROP DATABASE IF EXISTS ${this.name} WITH (FORCE)`);
  }
}

/** @param {Record<string, string>} settings */
function refuseUndurable(settings) {
  const wrong = Object.entries(DURABILITY).filter(([name, value]) => settings[name] !== value);
  if (wrong.length === 0) return;
  const found = wrong.map(([name]) => `${name} is ${settings[name]}`).join(', ');
  throw new Error(`commits on this Postgres are not durable: ${found}`);
}
