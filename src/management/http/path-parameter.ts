import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { ProblemError } from '../../http/problem.js';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
/** What Postgres can't store names nothing. */
const UNSTORABLE = /[\0\uFFFD\p{Cs}]/u;

/** An id in the path; one that can't be the id of anything is answered 404, as any other that names nothing. */
export const IdParameter = createParamDecorator((name: string, context: ExecutionContext): string => {
  const value = parameter(name, context);
  if (UNSTORABLE.test(value)) throw ProblemError.notFound('thing');
  return value;
});

/** A UUID in the path, in lower case. */
export const UuidParameter = createParamDecorator((name: string, context: ExecutionContext): string => {
  const value = parameter(name, context);
  if (!UUID.test(value)) throw ProblemError.notFound('thing');
  return value.toLowerCase();
});

function parameter(name: string, context: ExecutionContext): string {
  const { params } = context.switchToHttp().getRequest<FastifyRequest<{ Params: Record<string, string> }>>();
  const value = params[name];
  if (value === undefined) throw new Error(`the path has no ${name}`);
  return value;
}
