import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { type FastifyRequest } from 'fastify';
import { ProblemError } from '../../http/problem.js';

const HASH_CHARACTERS = 22;

/** A strong ETag: another representation has another (RFC 9110 §8.8.3). */
export function etagOf(representation: object): string {
  const hash = createHash('sha256').update(JSON.stringify(representation)).digest('base64url');
  return `"${hash.slice(0, HASH_CHARACTERS)}"`;
}

/** The `If-Match` header, without which what may have changed meanwhile is not changed: 428. */
export const IfMatch = createParamDecorator((_data: unknown, context: ExecutionContext): string =>
  ifMatchOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** @throws ProblemError 428 where there is none */
export function ifMatchOf({ headers }: FastifyRequest): string {
  const ifMatch = headers['if-match'];
  if (ifMatch === undefined || ifMatch.trim() === '') throw ProblemError.preconditionRequired();
  return ifMatch;
}

/**
 * Lets only a caller go on who has read what is there now. To be asked under the row's lock.
 *
 * @throws ProblemError 412
 */
export function requireMatch(ifMatch: string, representation: object): void {
  const current = etagOf(representation);
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (!tags.includes('*') && !tags.includes(current)) throw ProblemError.preconditionFailed();
}
