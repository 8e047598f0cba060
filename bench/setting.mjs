import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { ChildProgram } from './child-program.mjs';
import { Cleanups } from './cleanups.mjs';
import { BenchDatabase } from './database.mjs';
import { openPostgres, openRedis } from './servers.mjs';
import { serviceEnvironment, startService } from './service.mjs';

const newSecret = () => randomBytes(32).toString('base64url');

/** All that a run needs: the servers, the service and what is registered with it. Closed in one call. */
export class Setting {
  #cleanups;
  #nodeOptions;
  /** @type {Map<string, Promise<import('./service.mjs').Service>>} by how it differs from the usual */
  #services = new Map();
  /** @type {Map<string, Promise<any>>} */
  #shared = new Map();

  /** Confidential clients of the run. */
  clients = {
    rotating: { id: 'bench-rotating', secret: newSecret(), tokenPolicy: {} },
    unrotated: { id: 'bench-unrotated', secret: newSecret(), tokenPolicy: { rotation: false } },
  };

  /**
   * @param {{ connections: number, cpuProf?: string }} options
   * @param {{ database: BenchDatabase, environment: Record<string, string>, cleanups: Cleanups }} parts
   */
  constructor({ connections, cpuProf }, { database, environment, cleanups }) {
    this.connections = connections;
    this.database = database;
    this.environment = environment;
    this.#cleanups = cleanups;
    this.#nodeOptions = cpuProf === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(cpuProf)}`];
  }

  /**
   * Opens the servers, with a database and a prefix of Redis keys of the run's own.
   *
   * @param {{ connections: number, cpuProf?: string }} options
   * @param {string} [postgresUrl] of a server that several settings share
   */
  static async open(options, postgresUrl) {
    const cleanups = new Cleanups();
    const redisPrefix = `bench-${randomBytes(6).toString('hex')}:`;
    try {
      const postgres = await openPostgres(postgresUrl);
      cleanups.add(() => postgres.stop());
      const redis = await openRedis(redisPrefix);
      cleanups.add(() => redis.stop());
      const database = await BenchDatabase.create(postgres.url);
      cleanups.add(() => database.drop());
      const urls = { databaseUrl: database.url, redisUrl: redis.url, redisPrefix };
      return new Setting(options, { database, environment: serviceEnvironment(urls), cleanups });
    } catch (error) {
      await cleanups.run();
      throw error;
    }
  }

  /**
   * Registers the clients and begins families.
   *
   * @param {readonly { clientId: string, count: number }[]} wanted
   * @returns {Promise<import('./fixture.mjs').Family[][]>} those of each wish, in no order
   */
  async families(wanted) {
    const fixture = this.program('fixture.mjs', { ...this.environment, LOG_LEVEL: 'warn' });
    const made = await fixture.ask('make', { clients: Object.values(this.clients), wanted });
    await fixture.stop();
    await this.database.tidy();
    return made;
  }

  /**
   * The service as a load generator is told of it: where it is, and the credentials of one of the clients.
   *
   * @param {'rotating' | 'unrotated'} client
   * @param {Record<string, string>} [overrides] variables besides the usual; one process for all who ask for the same
   */
  async target(client, overrides = {}) {
    const key = JSON.stringify(overrides);
    const service = this.#services.get(key) ?? this.#start(overrides);
    this.#services.set(key, service);
    const { port, pid } = await service;
    return { port, pid, credentials: this.clients[client] };
  }

  /**
   * @param {string} file in this folder
   * @param {Record<string, string>} [env]
   */
  program(file, env) {
    const program = new ChildProgram(new URL(file, import.meta.url), env);
    this.#cleanups.add(() => program.stop());
    return program;
  }

  /**
   * What several rows use, made for the first that asks.
   *
   * @template Made
   * @param {string} name
   * @param {() => Promise<Made>} make
   * @returns {Promise<Made>}
   */
  shared(name, make) {
    const made = this.#shared.get(name) ?? make();
    this.#shared.set(name, made);
    return made;
  }

  /** @param {() => Promise<unknown>} step to be taken when the run is over */
  atEnd(step) {
    this.#cleanups.add(step);
  }

  /** Ends the services, whose backends then hand in their statistics. */
  async stopServices() {
    for (const service of this.#services.values()) await (await service).stop();
  }

  async close() {
    await this.#cleanups.run();
  }

  /** @param {Record<string, string>} overrides */
  async #start(overrides) {
    const service = await startService({ ...this.environment, ...overrides }, this.#nodeOptions);
    this.#cleanups.add(() => service.stop());
    return service;
  }
}
