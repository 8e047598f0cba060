import { types } from 'node:util';

/** SQLSTATE classes that say "not now" rather than "wrong": connection, resources, operator, rollback. */
const TRANSIENT_SQLSTATE = /^(08|53|57|58|40)/;
/**
 * The same outside those classes: a statement that reached a standby after a failover, a database that
 * takes no connections just now, a lock that was not to be had.
 */
const TRANSIENT_SQLSTATES = new Set(['25006', '55000', '55P03']);
const TRANSIENT_SOCKET = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
]);
/**
 * Errors that the clients of Postgres and Redis raise without a code. TypeORM releases a query runner whose
 * connection is lost, and tells of that instead.
 */
const TRANSIENT_MESSAGE =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed|Connection is closed|Cannot use a pool after calling end|Command timed out|Query runner already released)/;

/**
 * Whether an error means that a server behind us did not answer, so that the caller may retry and
 * nothing may be concluded about a token (law L3).
 */
export function isTransientFault(error: unknown, depth = 0): boolean {
  // Not by `instanceof`: an error of Node's own may come from another realm than ours.
  if (!types.isNativeError(error) || depth > 4) return false;
  const { code, driverError, errors } = error as Error & Record<'code' | 'driverError' | 'errors', unknown>;
  if (typeof code === 'string') {
    if (TRANSIENT_SQLSTATES.has(code) || TRANSIENT_SOCKET.has(code)) return true;
    if (code.length === 5 && TRANSIENT_SQLSTATE.test(code)) return true;
  }
  if (TRANSIENT_MESSAGE.test(error.message)) return true;
  const nested = [driverError, error.cause, ...(Array.isArray(errors) ? (errors as unknown[]) : [])];
  return nested.some((inner) => isTransientFault(inner, depth + 1));
}
