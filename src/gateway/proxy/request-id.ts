import { randomUUID } from 'node:crypto';
import { type IncomingMessage } from 'node:http';

/** Kept when it is harmless to log. */
const HARMLESS = /^[\w.-]{8,64}$/;

/** The id of a request: its own, or a new one. */
export function requestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && HARMLESS.test(given) ? given : randomUUID();
}
