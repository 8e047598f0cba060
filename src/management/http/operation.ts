import {
  applyDecorators,
  Controller,
  Header,
  HttpCode,
  type Type,
  UseGuards,
  UsePipes,
} from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiHeader,
  ApiOAuth2,
  ApiOperation,
  ApiProperty,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { type ProblemKind, PROBLEMS } from '../../http/problem.js';
import { NDJSON_TYPE } from '../../http/streamed-body.js';
import { type ManagementScope } from '../../roles/management-scopes.js';
import { DocumentPipe } from './document.pipe.js';
import { ManagementGuard, RequiredScope } from './management.guard.js';

export const MANAGEMENT_PATH = 'admin/v1';
export const SECURITY_SCHEME = 'management';

/** What a problem document looks like (RFC 9457). */
export class ProblemDocument {
  @ApiProperty({ example: 'urn:regrant:problem:validation-failed', description: 'The kind of problem.' })
  type: string;
  @ApiProperty({ example: 'The request is not valid' })
  title: string;
  @ApiProperty({ example: 422 })
  status: number;
  @ApiProperty({ example: 'the request has one problem, see errors' })
  detail: string;
  @ApiProperty({
    example: '9c858901-8a57-4791-81fe-4c455b099bc9',
    description: 'Finds the request in the log.',
  })
  request_id: string;
}

/** What an operation of the management API is, for its callers, its guard and its documentation. */
export interface OperationOptions {
  /** Unique; generated clients name their methods by it. */
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  readonly scope: ManagementScope;
  /** 200 unless it says otherwise. */
  readonly status?: 200 | 201 | 202 | 204;
  /** What the answer's body is; left out for none. */
  readonly answer?: Type<unknown>;
  /** What the request's body is, and of which media type (JSON unless it says otherwise). */
  readonly body?: Type<unknown>;
  readonly bodyType?: string;
  readonly isBodyOptional?: boolean;
  /** Instead of a body's class an example of one that is lines of JSON. */
  readonly bodyLines?: string;
  /** Whether it changes what may have changed meanwhile: needs `If-Match`. */
  readonly ifMatch?: boolean;
  /** Whether it may be repeated without doing it twice: takes `Idempotency-Key`. */
  readonly idempotent?: boolean;
  /** Errors of its own, besides those that every operation may answer with. */
  readonly problems?: readonly ProblemKind[];
}

const ALWAYS: readonly ProblemKind[] = [
  'unauthenticated',
  'forbidden',
  'internal-error',
  'temporarily-unavailable',
];
const WITH_BODY: readonly ProblemKind[] = [
  'bad-request',
  'payload-too-large',
  'unsupported-media-type',
  'validation-failed',
];
const WITH_IF_MATCH: readonly ProblemKind[] = ['precondition-failed', 'precondition-required'];

/** Makes a class a controller of the management API. */
export function ManagementController(path: string, tag: string): ClassDecorator {
  return applyDecorators(
    Controller(`${MANAGEMENT_PATH}/${path}`),
    UseGuards(ManagementGuard),
    UsePipes(DocumentPipe),
    ApiTags(tag),
  );
}

/** Declares an operation: the scope that it needs, its success, its errors. */
export function Operation(options: OperationOptions): MethodDecorator {
  const { id, summary, description, scope, status = 200, answer } = options;
  return applyDecorators(
    RequiredScope(scope),
    HttpCode(status),
    Header('cache-control', 'no-store'),
    ApiOperation({ operationId: id, summary, description }),
    ApiOAuth2([scope], SECURITY_SCHEME),
    ApiResponse({ status, description: summary, ...(answer && { type: answer }) }),
    ...problemsOf(options).map((kind) => problemResponse(kind)),
    ...requestParts(options),
  );
}

function problemsOf({ body, bodyLines, ifMatch, problems = [] }: OperationOptions): ProblemKind[] {
  return [
    ...new Set([
      ...ALWAYS,
      ...(body || bodyLines ? WITH_BODY : []),
      ...(ifMatch ? WITH_IF_MATCH : []),
      ...problems,
    ]),
  ];
}

function problemResponse(kind: ProblemKind): MethodDecorator {
  const [status, description] = PROBLEMS[kind];
  const example = {
    type: `urn:regrant:problem:${kind}`,
    title: description,
    status,
    detail: '…',
    request_id: '…',
  };
  const schema = { $ref: '#/components/schemas/ProblemDocument' };
  return ApiResponse({ status, description, content: { 'application/problem+json': { schema, example } } });
}

function requestParts({
  body,
  bodyType,
  isBodyOptional,
  bodyLines,
  ifMatch,
  idempotent,
}: OperationOptions): MethodDecorator[] {
  const parts: MethodDecorator[] = [];
  if (body)
    parts.push(
      ApiBody({ type: body, required: !isBodyOptional }),
      ApiConsumes(bodyType ?? 'application/json'),
    );
  if (bodyLines !== undefined)
    parts.push(ApiBody({ schema: { type: 'string', example: bodyLines } }), ApiConsumes(NDJSON_TYPE));
  if (ifMatch)
    parts.push(requestHeader('If-Match', 'The ETag of what was read.', '"q83vEjRWeJCrze8SNFZ4"', true));
  if (idempotent) {
    const description =
      'Anything unique: the same request with the same key is answered the same, and done once.';
    parts.push(requestHeader('Idempotency-Key', description, '7f1c9d0e-0b6f-4c1e-9a34-0d7a1d5ff1b2', false));
  }
  return parts;
}

function requestHeader(
  name: string,
  description: string,
  example: string,
  required: boolean,
): MethodDecorator {
  return ApiHeader({ name, description, required, schema: { type: 'string' }, example });
}
