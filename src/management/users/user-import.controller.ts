import { createParamDecorator, type ExecutionContext, Post, Query } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExtraModels } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { ProblemError } from '../../http/problem.js';
import { NDJSON_TYPE, STREAMED_BODY } from '../../http/streamed-body.js';
import { type Caller, CurrentCaller } from '../http/caller.js';
import { ManagementController, Operation } from '../http/operation.js';
import { ImportedUserDocument, ImportSummaryDocument } from './user.documents.js';
import { ImportQuery } from './user-query.js';
import { UserImports } from './user-imports.js';

/** The lines of the request's body, as they come. 415 for another type. */
const Lines = createParamDecorator((_data: unknown, context: ExecutionContext): AsyncIterable<Uint8Array> => {
  const { body } = context.switchToHttp().getRequest<FastifyRequest>();
  if (body instanceof Readable) return body;
  throw ProblemError.unsupportedMediaType(NDJSON_TYPE);
});

const EXAMPLE = [
  '{"username":"ann","email":"ann@example.com","password_hash":"$2b$12$abcdefghijklmnopqrstuuXjqpsNhtm2/ToNnz5AGIh9CoZdX/kja"}',
  '{"username":"bob","password":"correct horse battery staple","claims":{"name":"Bob Example"}}',
].join('\n');

@ManagementController('users/import', 'Users')
export class UserImportController {
  constructor(private readonly imports: UserImports) {}

  @Post()
  @RouteConfig(STREAMED_BODY)
  @ApiExtraModels(ImportedUserDocument)
  @Operation({
    id: 'importUsers',
    summary: 'Import users',
    description:
      'A user a line (newline-delimited JSON, each line an ImportedUserDocument), as many as there are, each line of 64 KiB at most. A line that is refused does not stop the others. An import that broke off can be sent again with on_conflict=skip.',
    scope: 'users:write',
    bodyLines: EXAMPLE,
    answer: ImportSummaryDocument,
  })
  import(
    @CurrentCaller() caller: Caller,
    @Query() { on_conflict: onConflict }: ImportQuery,
    @Lines() lines: AsyncIterable<Uint8Array>,
  ): Promise<ImportSummaryDocument> {
    return this.imports.run(caller, lines, onConflict);
  }
}
