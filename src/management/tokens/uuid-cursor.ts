import { ProblemError } from '../../http/problem.js';
import { decodeCursor } from '../http/page.js';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** The id that a list ordered by ids goes on after. @throws ProblemError 422 for what no page gave */
export function uuidCursor(cursor: string | undefined): string | undefined {
  const id = decodeCursor(cursor);
  if (id === undefined || UUID.test(id)) return id;
  throw ProblemError.validation([{ pointer: 'cursor', detail: 'is not one that a page gave' }]);
}
