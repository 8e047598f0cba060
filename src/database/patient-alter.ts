import { setTimeout as delay } from 'node:timers/promises';
import { QueryFailedError, type QueryRunner } from 'typeorm';

const LONGEST_WAIT = '1s';
const PAUSE_MS = 500;
/** SQLSTATE: the lock was not to be had in time. */
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Alters a table that is in use. While the statement waits for whoever reads the table, such as a dump of it, everybody
 * after it waits for the statement; so it waits a second at a time, and lets the others through in between.
 *
 * @param statement takes no time itself, and may be repeated
 */
export async function alterTable(runner: QueryRunner, statement: string): Promise<void> {
  while (!(await isAltered(runner, statement))) await delay(PAUSE_MS);
}

/** In a transaction, a part of the migration's where that has one. */
async function isAltered(runner: QueryRunner, statement: string): Promise<boolean> {
  await runner.startTransaction();
  try {
    await runner.query(`SET LOCAL lock_timeout = '${LONGEST_WAIT}'`);
    await runner.query(statement);
    await runner.query('SET LOCAL lock_timeout = DEFAULT');
    await runner.commitTransaction();
    return true;
  } catch (error) {
    await runner.rollbackTransaction();
    if (isLockTimeout(error)) return false;
    throw error;
  }
}

function isLockTimeout(error: unknown): boolean {
  return (
    error instanceof QueryFailedError && (error.driverError as { code?: unknown }).code === LOCK_NOT_AVAILABLE
  );
}
