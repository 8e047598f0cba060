import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { type Pool, type PoolClient, type QueryConfig } from 'pg';
import { DataSource, type QueryRunner } from 'typeorm';
import { Tracer } from '../tracing/tracer.js';
import { databaseConfig, type DatabaseSettings } from '../config/database.config.js';
import { Outages } from './outages.js';
import { poolOf } from './pool.js';
import { type SqlSession, type Statement, type Transaction } from './sql-session.js';

/** What is to be done around a commit. */
type Hooks = Record<'beforeCommit' | 'afterCommit', (() => Promise<void>)[]>;

/**
 * The one way to Postgres: plain SQL through TypeORM's own pool, and transactions.
 *
 * Every failure is thrown as it came; `isTransientFault` tells a server that did not answer from a wrong
 * statement. Outages are noted on the way, see {@link Outages}.
 */
@Injectable()
export class Database implements SqlSession {
  readonly outages = new Outages();

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    @Inject(databaseConfig.KEY) private readonly settings: DatabaseSettings,
    private readonly tracer: Tracer,
  ) {}

  /** Runs one statement, committed by itself. */
  query<Row extends object>(statement: Statement, values: readonly unknown[] = []): Promise<Row[]> {
    return this.execute(statement, async () => {
      const result = await this.pool.query<Row>(this.asQuery(statement, values));
      return result.rows;
    });
  }

  /** Runs `work` in one transaction: committed when it resolves, rolled back when it rejects. */
  async transaction<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    const hooks: Hooks = { beforeCommit: [], afterCommit: [] };
    const result = await this.commit(work, hooks);
    await Promise.all(hooks.afterCommit.map((follow) => follow()));
    return result;
  }

  /** Runs `work` as part of a transaction, or in one of its own where none is given. */
  join<Result>(
    transaction: Transaction | undefined,
    work: (transaction: Transaction) => Promise<Result>,
  ): Promise<Result> {
    return transaction ? work(transaction) : this.transaction(work);
  }

  /**
   * Runs `work` on the one replica that gets the named lock just now; the others return at once.
   *
   * @returns whether this replica ran it
   */
  async ifLeader(lock: number, work: (transaction: Transaction) => Promise<void>): Promise<boolean> {
    return this.transaction(async (transaction) => {
      const [row] = await transaction.query<{ leader: boolean }>(TRY_LOCK, [lock]);
      if (row?.leader) await work(transaction);
      return row?.leader ?? false;
    });
  }

  private async commit<Result>(
    work: (transaction: Transaction) => Promise<Result>,
    hooks: Hooks,
  ): Promise<Result> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await this.outages.watch(() => runner.startTransaction());
      const result = await work(await this.asTransaction(runner, hooks));
      for (const finish of hooks.beforeCommit) await finish();
      await this.outages.watch(() => runner.commitTransaction());
      return result;
    } catch (error) {
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      throw error;
    } finally {
      await runner.release();
    }
  }

  private async asTransaction(runner: QueryRunner, hooks: Hooks): Promise<Transaction> {
    const client = (await runner.connect()) as PoolClient;
    const session: Pick<Transaction, 'query' | 'manager' | 'beforeCommit' | 'afterCommit'> = {
      manager: runner.manager,
      query: async <Row extends object>(statement: Statement, values: readonly unknown[] = []) => {
        const run = () => client.query<Row>(this.asQuery(statement, values));
        return (await this.execute(statement, run)).rows;
      },
      beforeCommit: (work) => void hooks.beforeCommit.push(work),
      afterCommit: (work) => void hooks.afterCommit.push(work),
    };
    return session as Transaction;
  }

  /** Traced by its name alone: neither its text nor its values. */
  private execute<Result>({ name }: Statement, run: () => Promise<Result>): Promise<Result> {
    if (!this.tracer.isOn) return this.outages.watch(run);
    const attributes = { 'db.system.name': 'postgresql', 'db.query.summary': name };
    return this.tracer.child({ name, kind: 'client', attributes }, () => this.outages.watch(run));
  }

  /** Named, it is prepared on its connection; behind a pooler the next one may be another. */
  private asQuery({ name, text }: Statement, values: readonly unknown[]): QueryConfig {
    return { name: this.settings.isPooled ? undefined : name, text, values: [...values] };
  }

  private get pool(): Pool {
    return poolOf(this.dataSource);
  }
}

const TRY_LOCK: Statement = {
  name: 'try_advisory_lock',
  text: 'SELECT pg_try_advisory_xact_lock($1) AS leader',
};
