import { Delete, Get, Inject, Post, Query, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { JsonBody } from '../http/body.js';
import { type Caller, CurrentCaller } from '../http/caller.js';
import { etagOf, IfMatch } from '../http/etag.js';
import { Repeatable, type RepeatableRequest } from '../http/idempotency.js';
import { MANAGEMENT_PATH, ManagementController, Operation } from '../http/operation.js';
import { linkNext } from '../http/page.js';
import { IdParameter } from '../http/path-parameter.js';
import {
  KeyDocument,
  KeyPageDocument,
  KeyQuery,
  KeyRevocationDocument,
  NewKeyDocument,
} from './key.documents.js';
import { KeyReads } from './key-reads.js';
import { KeyWrites } from './key-writes.js';

@ManagementController('keys', 'Keys')
export class KeysController {
  constructor(
    private readonly reads: KeyReads,
    private readonly writes: KeyWrites,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  @Post()
  @Operation({
    id: 'createKey',
    summary: 'Publish a new key',
    description:
      'It is in the JWKS at once, and signs from its time on. With `immediately` it signs at once: who has cached ' +
      'the JWKS lacks it for as long as that may be cached, and may refuse the new tokens until then.',
    scope: 'keys:write',
    status: 201,
    body: NewKeyDocument,
    answer: KeyDocument,
    idempotent: true,
    problems: ['conflict'],
  })
  async create(
    @CurrentCaller() caller: Caller,
    @Repeatable() request: RepeatableRequest,
    @JsonBody() body: NewKeyDocument,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<KeyDocument> {
    const key = await this.writes.create(caller, request, body);
    const location = `${this.http.issuerUrl}/${MANAGEMENT_PATH}/keys/${encodeURIComponent(key.kid)}`;
    void reply.header('location', location);
    return tagged(reply, key);
  }

  @Get()
  @Operation({
    id: 'listKeys',
    summary: 'List keys',
    description:
      'Those that sign, that will, that did while a token of theirs may live, and the revoked ones.',
    scope: 'keys:read',
    answer: KeyPageDocument,
    problems: ['validation-failed'],
  })
  async list(
    @Query() { limit, cursor }: KeyQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const page = await this.reads.list(cursor, limit);
    linkNext(request, reply, this.http.issuerUrl, page);
    return page;
  }

  @Get(':kid')
  @Operation({
    id: 'readKey',
    summary: 'Read a key',
    scope: 'keys:read',
    answer: KeyDocument,
    problems: ['not-found'],
  })
  async read(
    @IdParameter('kid') kid: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<KeyDocument> {
    return tagged(reply, await this.reads.find(kid));
  }

  @Delete(':kid')
  @Operation({
    id: 'deleteKey',
    summary: 'Take back a key that has never signed',
    description: 'It must begin more than a minute from now. The schedule makes another when it needs one.',
    scope: 'keys:write',
    status: 204,
    ifMatch: true,
    problems: ['not-found', 'conflict'],
  })
  delete(
    @CurrentCaller() caller: Caller,
    @IdParameter('kid') kid: string,
    @IfMatch() ifMatch: string,
  ): Promise<void> {
    return this.writes.delete(caller, kid, ifMatch);
  }

  @Post(':kid/retire')
  @Operation({
    id: 'retireKey',
    summary: 'Have a key hand over to the next',
    description:
      'The key that signs is followed now by the next one that every cache of the JWKS has; 409 where there is none. ' +
      'It stays published until its last token has expired.',
    scope: 'keys:write',
    answer: KeyDocument,
    problems: ['not-found', 'conflict'],
  })
  async retire(
    @CurrentCaller() caller: Caller,
    @IdParameter('kid') kid: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<KeyDocument> {
    return tagged(reply, await this.writes.retire(caller, kid));
  }

  @Post(':kid/revoke')
  @Operation({
    id: 'revokeKey',
    summary: 'Revoke a compromised key',
    description:
      'No access token of the key is active any more when this returns, and the JWKS lacks it; where it signed, a new ' +
      'one does so at once. Refresh tokens live on, and the next refresh gives a token of the new key. Your own access ' +
      'token may be of the revoked key.',
    scope: 'keys:write',
    body: KeyRevocationDocument,
    answer: KeyDocument,
    problems: ['not-found'],
  })
  async revoke(
    @CurrentCaller() caller: Caller,
    @IdParameter('kid') kid: string,
    @JsonBody() { reason }: KeyRevocationDocument,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<KeyDocument> {
    return tagged(reply, await this.writes.revoke(caller, kid, reason));
  }
}

function tagged(reply: FastifyReply, key: KeyDocument): KeyDocument {
  void reply.header('etag', etagOf(key));
  return key;
}
