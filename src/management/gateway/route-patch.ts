import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { FormParameters } from '../../common/form-parameters.js';
import { mergePatchOf } from '../http/body.js';
import { ifMatchOf } from '../http/etag.js';
import { patchOfForm } from './route-form.js';

export const FORM_TYPE = 'application/x-www-form-urlencoded';

/** What is to be changed of a route, and of which state of it. */
export interface RoutePatch {
  readonly patch: object;
  readonly ifMatch: string;
}

/**
 * A merge patch with its `If-Match`, or a form as Kong takes it. A form does without: those who send one send what they
 * sent to Kong, which knows no ETags.
 */
export const RoutePatchBody = createParamDecorator(
  (_data: unknown, context: ExecutionContext): RoutePatch => {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (!(request.body instanceof FormParameters))
      return { ifMatch: ifMatchOf(request), patch: mergePatchOf(context) };
    const hasTag = request.headers['if-match'] !== undefined;
    return { ifMatch: hasTag ? ifMatchOf(request) : '*', patch: patchOfForm(request.body) };
  },
);
