import { Get, Inject, Post, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { AuditRepository } from '../../audit/audit.repository.js';
import { type AuditVerification, AuditVerifier } from '../../audit/audit-verifier.js';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { OptionalJsonBody } from '../http/body.js';
import { ManagementController, Operation } from '../http/operation.js';
import { decodeNumericCursor, linkNext, type Page, toPage } from '../http/page.js';
import {
  AuditPageDocument,
  AuditQuery,
  AuditSearch,
  VerificationDocument,
  VerificationRequest,
} from './audit.documents.js';
import { auditLines } from './audit-export.js';
import { filterOf } from './audit-search.js';

const DEFAULT_LIMIT = 50;

@ManagementController('audit', 'Audit')
export class AuditController {
  constructor(
    private readonly repository: AuditRepository,
    private readonly verifier: AuditVerifier,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  @Get()
  @Operation({
    id: 'listAuditEntries',
    summary: 'List what was done, newest first',
    scope: 'audit:read',
    answer: AuditPageDocument,
    problems: ['validation-failed'],
  })
  async list(
    @Query() { limit = DEFAULT_LIMIT, cursor, ...search }: AuditQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<object>> {
    const documents = await this.repository.find(
      filterOf(search),
      decodeNumericCursor(cursor) ?? Number.MAX_SAFE_INTEGER,
      limit + 1,
    );
    const entries = documents.map((document) => JSON.parse(document) as { sequence: number });
    const page = toPage(
      entries,
      limit,
      ({ sequence }) => String(sequence),
      (entry) => entry,
    );
    linkNext(request, reply, this.http.issuerUrl, page);
    return page;
  }

  @Get('export')
  @Operation({
    id: 'exportAuditEntries',
    summary: 'Export what was done, a JSON document a line',
    description: 'Newest first, as `application/x-ndjson`.',
    scope: 'audit:read',
    problems: ['validation-failed'],
  })
  export(@Query() search: AuditSearch): StreamableFile {
    const lines = auditLines(this.repository, filterOf(search));
    return new StreamableFile(Readable.from(lines), { type: 'application/x-ndjson' });
  }

  @Post('verify')
  @Operation({
    id: 'verifyAuditLog',
    summary: 'Verify that nobody has tampered with the log',
    description:
      'Follows the chain from its first entry. Keep the `head` elsewhere: given as `anchor`, it shows later that the log was not cut off either.',
    scope: 'audit:read',
    body: VerificationRequest,
    isBodyOptional: true,
    answer: VerificationDocument,
  })
  verify(@OptionalJsonBody() { anchor }: VerificationRequest): Promise<AuditVerification> {
    return this.verifier.verify(anchor);
  }
}
