import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { ProblemError } from '../../http/problem.js';

const JSON_TYPE = 'application/json';
export const MERGE_PATCH_TYPE = 'application/merge-patch+json';

/** The JSON object that the request holds. 415 for another type, 400 for another value. */
export const JsonBody = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  objectOf(context, [JSON_TYPE]),
);

/** The JSON merge patch that the request holds (RFC 7396); plain JSON is taken for one. */
export const MergePatchBody = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  mergePatchOf(context),
);

/** The same where there may be no body at all, which is taken for an empty object. */
export const OptionalJsonBody = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const { body, headers } = context.switchToHttp().getRequest<FastifyRequest>();
  const isEmpty = body === undefined && headers['content-type'] === undefined;
  return isEmpty ? {} : objectOf(context, [JSON_TYPE]);
});

/** @throws ProblemError 415, 400 */
export function mergePatchOf(context: ExecutionContext): object {
  return objectOf(context, [MERGE_PATCH_TYPE, JSON_TYPE]);
}

function objectOf(context: ExecutionContext, types: readonly string[]): object {
  const { body, headers } = context.switchToHttp().getRequest<FastifyRequest>();
  const [type = ''] = (headers['content-type'] ?? '').toLowerCase().split(';');
  if (!types.includes(type.trim())) throw ProblemError.unsupportedMediaType(types[0] ?? JSON_TYPE);
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw ProblemError.badRequest('the body must be a JSON object');
  return body;
}

/** The document with the patch applied: `null` removes a member, objects are merged (RFC 7396 §2). */
export function mergePatch(document: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged = new Map(Object.entries(isObject(document) ? document : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, mergePatch(merged.get(name), value));
  }
  return Object.fromEntries(merged);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
