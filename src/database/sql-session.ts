import { type EntityManager } from 'typeorm';

/** A statement by name: prepared once per connection, then only bound and executed. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** Where SQL runs: a {@link Transaction}, or the {@link Database}, where each statement commits by itself. */
export interface SqlSession {
  query<Row extends object>(statement: Statement, values?: readonly unknown[]): Promise<Row[]>;
}

declare const inTransaction: unique symbol;

/** An open transaction. Only `Database.transaction` makes one, so a signature that asks for it is kept. */
export interface Transaction extends SqlSession {
  /** TypeORM's view of the same transaction. */
  readonly manager: EntityManager;
  /** Has something done as the last thing in the transaction: what locks much should do so briefly. */
  beforeCommit(work: () => Promise<void>): void;
  /**
   * Has something done once the transaction is committed, and before `Database.transaction` resolves. When
   * it fails the caller learns so, though what was committed stays.
   */
  afterCommit(work: () => Promise<void>): void;
  readonly [inTransaction]: true;
}
