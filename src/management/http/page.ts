import { type FastifyReply, type FastifyRequest } from 'fastify';
import { ProblemError } from '../../http/problem.js';

/** Entries of a list, and how to go on. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Left out on the last page. */
  readonly next_cursor?: string;
}

/**
 * A page of what was read: one more than `limit` was asked for, to know whether there is another page.
 *
 * @param keyOf what the next page begins after: unique, and the order of the list
 */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => string,
  toItem: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return { items: shown.map(toItem), ...(hasMore && { next_cursor: encodeCursor(keyOf(last)) }) };
}

/** A cursor is a key in base64url, so that nobody builds on what is in it. */
export function encodeCursor(key: string): string {
  return Buffer.from(key).toString('base64url');
}

/** @throws ProblemError 422 for what is no cursor */
export function decodeCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const key = Buffer.from(cursor, 'base64url').toString();
  if (encodeCursor(key) === cursor && !/[\0\uFFFD]/.test(key)) return key;
  throw foreignCursor();
}

/** A cursor whose key is a number. @throws ProblemError 422 for what is no such cursor */
export function decodeNumericCursor(cursor: string | undefined): number | undefined {
  const key = decodeCursor(cursor);
  if (key === undefined || /^\d{1,15}$/.test(key)) return key === undefined ? undefined : Number(key);
  throw foreignCursor();
}

/** A cursor whose key is a UUID. @throws ProblemError 422 for what is no such cursor */
export function decodeUuidCursor(cursor: string | undefined): string | undefined {
  const key = decodeCursor(cursor);
  if (key === undefined || /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(key)) return key;
  throw foreignCursor();
}

function foreignCursor(): ProblemError {
  return ProblemError.validation([{ pointer: 'cursor', detail: 'is not one that a page gave' }]);
}

/** Tells of the next page in a `Link` header (RFC 8288), with the parameters of this one. */
export function linkNext(
  request: FastifyRequest,
  reply: FastifyReply,
  issuer: string,
  page: Page<unknown>,
): void {
  if (page.next_cursor === undefined) return;
  const next = new URL(request.url, issuer);
  next.searchParams.set('cursor', page.next_cursor);
  void reply.header('link', `<${next.href}>; rel="next"`);
}
