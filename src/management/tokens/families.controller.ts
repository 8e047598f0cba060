import { Get, Inject, Query, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { type Caller, CurrentCaller } from '../http/caller.js';
import { ManagementController, Operation } from '../http/operation.js';
import { linkNext, type Page } from '../http/page.js';
import { UuidParameter } from '../http/path-parameter.js';
import {
  type FamilyDocument,
  FamilyPageDocument,
  FamilyQuery,
  FamilyStoryDocument,
} from './family.documents.js';
import { FamilyReads } from './family-reads.js';

@ManagementController('token-families', 'Tokens')
export class FamiliesController {
  constructor(
    private readonly reads: FamilyReads,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  @Get()
  @Operation({
    id: 'listTokenFamilies',
    summary: 'List token families, newest first',
    description:
      'Sessions of users at clients, dead or alive. A page looks at a bounded number of families: with filters it may be short, or empty, and yet have a `next_cursor`. Age is by the time in the family’s id.',
    scope: 'tokens:read',
    answer: FamilyPageDocument,
    problems: ['validation-failed'],
  })
  async list(
    @Query() query: FamilyQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<FamilyDocument>> {
    const page = await this.reads.list(query);
    linkNext(request, reply, this.http.issuerUrl, page);
    return page;
  }

  @Get(':family_id')
  @Operation({
    id: 'readTokenFamily',
    summary: 'Read the whole story of a token family',
    scope: 'tokens:read',
    answer: FamilyStoryDocument,
    problems: ['not-found'],
  })
  read(
    @CurrentCaller() caller: Caller,
    @UuidParameter('family_id') id: string,
  ): Promise<FamilyStoryDocument> {
    return this.reads.tell(caller, id);
  }
}
