import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { type Statement, type Transaction } from '../../database/sql-session.js';

/** An answer as kept: what it was to, and itself, under the key of this version. */
export interface SealedAnswer {
  readonly version: number;
  readonly fingerprint: Buffer;
  readonly sealed: Buffer;
}

const DAY = 86_400;
const BATCH = 1_000;

/** Waits for a transaction that is at the same key, and is no insert where that one commits. */
const BEGIN: Statement = {
  name: 'idempotent_answer_begin',
  text: `
    INSERT INTO idempotent_answer (actor_id, key, fingerprint) VALUES ($1, $2, $3)
    ON CONFLICT DO NOTHING RETURNING key`,
};

const FINISH: Statement = {
  name: 'idempotent_answer_finish',
  text: `UPDATE idempotent_answer SET seal_version = $3, sealed = $4 WHERE actor_id = $1 AND key = $2`,
};

const FIND: Statement = {
  name: 'idempotent_answer_find',
  text: `SELECT fingerprint, seal_version AS version, sealed FROM idempotent_answer WHERE actor_id = $1 AND key = $2`,
};

const DELETE_OLD: Statement = {
  name: 'idempotent_answer_delete_old',
  text: `
    DELETE FROM idempotent_answer WHERE (actor_id, key) IN (
      SELECT actor_id, key FROM idempotent_answer
      WHERE created_at < clock_timestamp() - make_interval(secs => $1)
      ORDER BY created_at LIMIT $2)
    RETURNING key`,
};

/** The answers to requests that may be repeated. */
@Injectable()
export class IdempotentAnswerRepository {
  constructor(private readonly database: Database) {}

  /** @returns whether the key is new */
  async begin(transaction: Transaction, actorId: string, key: string, fingerprint: Buffer): Promise<boolean> {
    return (await transaction.query(BEGIN, [actorId, key, fingerprint])).length === 1;
  }

  async finish(
    transaction: Transaction,
    actorId: string,
    key: string,
    { version, sealed }: Omit<SealedAnswer, 'fingerprint'>,
  ): Promise<void> {
    await transaction.query(FINISH, [actorId, key, version, sealed]);
  }

  async find(transaction: Transaction, actorId: string, key: string) {
    const [row] = await transaction.query<SealedAnswer>(FIND, [actorId, key]);
    return row;
  }

  /** Forgets answers that are over a day old, in steps. */
  async *deleteOld(): AsyncGenerator<number> {
    for (;;) {
      const deleted = await this.database.query(DELETE_OLD, [DAY, BATCH]);
      const isDone = deleted.length < BATCH;
      yield isDone ? 1 : 0;
      if (isDone) return;
    }
  }
}
