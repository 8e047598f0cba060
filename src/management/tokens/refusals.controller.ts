import { Get, Inject, Query, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { RefusalRepository } from '../../refusals/refusal.repository.js';
import { ManagementController, Operation } from '../http/operation.js';
import { linkNext, type Page, toPage } from '../http/page.js';
import { type RefusalDocument, RefusalPageDocument, RefusalQuery } from './refusal.documents.js';
import { refusalDocument } from './refusal-document.js';
import { uuidCursor } from './uuid-cursor.js';

const DEFAULT_LIMIT = 50;

@ManagementController('refusals', 'Tokens')
export class RefusalsController {
  constructor(
    private readonly refusals: RefusalRepository,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  @Get()
  @Operation({
    id: 'listRefusals',
    summary: 'Find out why requests were refused',
    description:
      'Of `/oauth2/token`, `/oauth2/revoke` and `/oauth2/introspect`, newest first, for `REFUSAL_RETENTION` seconds. Of a flood only some are kept; a refusal is here within a second.',
    scope: 'tokens:read',
    answer: RefusalPageDocument,
    problems: ['validation-failed'],
  })
  async list(
    @Query() { limit = DEFAULT_LIMIT, cursor, ...query }: RefusalQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<RefusalDocument>> {
    const filter = { requestId: query.request_id, clientId: query.client_id, familyId: query.family_id };
    const rows = await this.refusals.find(filter, limit + 1, uuidCursor(cursor));
    const page = toPage(rows, limit, ({ id }) => id, refusalDocument);
    linkNext(request, reply, this.http.issuerUrl, page);
    return page;
  }
}
