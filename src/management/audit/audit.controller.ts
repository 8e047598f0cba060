import { Get, Inject, Post, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { type AuditVerification, AuditVerifier } from '../../audit/audit-verifier.js';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { OptionalJsonBody } from '../http/body.js';
import { ManagementController, Operation } from '../http/operation.js';
import { linkNext, type Page } from '../http/page.js';
import {
  AuditPageDocument,
  AuditQuery,
  AuditSearch,
  VerificationDocument,
  VerificationRequest,
} from './audit.documents.js';
import { AuditReads } from './audit-reads.js';
import { filterOf } from './audit-search.js';

@ManagementController('audit', 'Audit')
export class AuditController {
  constructor(
    private readonly reads: AuditReads,
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
    @Query() { limit, cursor, ...search }: AuditQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<object>> {
    const page = await this.reads.list(filterOf(search), cursor, limit);
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
    const lines = this.reads.lines(filterOf(search));
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
