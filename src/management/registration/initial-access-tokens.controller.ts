import { Get, Inject, Post, Query, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { JsonBody } from '../http/body.js';
import { type Caller, CurrentCaller } from '../http/caller.js';
import { Repeatable, type RepeatableRequest } from '../http/idempotency.js';
import { MANAGEMENT_PATH, ManagementController, Operation } from '../http/operation.js';
import { linkNext } from '../http/page.js';
import { UuidParameter } from '../http/path-parameter.js';
import {
  CreatedInitialAccessTokenDocument,
  InitialAccessTokenDocument,
  InitialAccessTokenPageDocument,
  InitialAccessTokenQuery,
  NewInitialAccessTokenDocument,
} from './initial-access-token.documents.js';
import { InitialAccessTokens } from './initial-access-tokens.js';

const PATH = 'initial-access-tokens';

@ManagementController(PATH, 'Registration')
export class InitialAccessTokensController {
  constructor(
    private readonly tokens: InitialAccessTokens,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  @Post()
  @Operation({
    id: 'createInitialAccessToken',
    summary: 'Make a token that lets clients register themselves',
    description:
      'The token is in the answer, and never again. `DYNAMIC_REGISTRATION` says whether it is of use.',
    scope: 'clients:write',
    status: 201,
    body: NewInitialAccessTokenDocument,
    answer: CreatedInitialAccessTokenDocument,
    idempotent: true,
  })
  async create(
    @CurrentCaller() caller: Caller,
    @Repeatable() request: RepeatableRequest,
    @JsonBody() body: NewInitialAccessTokenDocument,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CreatedInitialAccessTokenDocument> {
    const created = await this.tokens.create(caller, request, body);
    void reply.header('location', `${this.http.issuerUrl}/${MANAGEMENT_PATH}/${PATH}/${created.id}`);
    return created;
  }

  @Get()
  @Operation({
    id: 'listInitialAccessTokens',
    summary: 'List initial access tokens, newest first',
    scope: 'clients:read',
    answer: InitialAccessTokenPageDocument,
    problems: ['validation-failed'],
  })
  async list(
    @Query() { limit, cursor }: InitialAccessTokenQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const page = await this.tokens.list(cursor, limit);
    linkNext(request, reply, this.http.issuerUrl, page);
    return page;
  }

  @Get(':token_id')
  @Operation({
    id: 'readInitialAccessToken',
    summary: 'Read an initial access token',
    scope: 'clients:read',
    answer: InitialAccessTokenDocument,
    problems: ['not-found'],
  })
  read(@UuidParameter('token_id') id: string): Promise<InitialAccessTokenDocument> {
    return this.tokens.find(id);
  }

  @Post(':token_id/revoke')
  @Operation({
    id: 'revokeInitialAccessToken',
    summary: 'Revoke an initial access token',
    description: 'No client can be registered with it any more; those that were stay.',
    scope: 'clients:write',
    answer: InitialAccessTokenDocument,
    problems: ['not-found'],
  })
  revoke(
    @CurrentCaller() caller: Caller,
    @UuidParameter('token_id') id: string,
  ): Promise<InitialAccessTokenDocument> {
    return this.tokens.revoke(caller, id);
  }
}
