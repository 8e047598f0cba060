import { Delete, Get, Inject, Patch, Post, Put, Query, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { JsonBody, MERGE_PATCH_TYPE, MergePatchBody } from '../http/body.js';
import { type Caller, CurrentCaller } from '../http/caller.js';
import { etagOf, IfMatch } from '../http/etag.js';
import { Repeatable, type RepeatableRequest } from '../http/idempotency.js';
import { MANAGEMENT_PATH, ManagementController, Operation } from '../http/operation.js';
import { linkNext } from '../http/page.js';
import { IdParameter } from '../http/path-parameter.js';
import {
  ClientDocument,
  ClientPageDocument,
  NewClientDocument,
  RegisteredClientDocument,
  StoredClientDocument,
} from './client.documents.js';
import { ClientQuery } from './client-query.js';
import { ClientReads } from './client-reads.js';
import { ClientWrites } from './client-writes.js';

@ManagementController('clients', 'Clients')
export class ClientsController {
  constructor(
    private readonly reads: ClientReads,
    private readonly writes: ClientWrites,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  @Post()
  @Operation({
    id: 'createClient',
    summary: 'Register a client',
    description: 'A confidential client gets its secret in the answer, and never again.',
    scope: 'clients:write',
    status: 201,
    body: NewClientDocument,
    answer: RegisteredClientDocument,
    idempotent: true,
    problems: ['conflict'],
  })
  async create(
    @CurrentCaller() caller: Caller,
    @Repeatable() request: RepeatableRequest,
    @JsonBody() body: NewClientDocument,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RegisteredClientDocument> {
    const client = await this.writes.create(caller, request, body);
    const { client_secret: _secret, client_secret_expires_at: _expiry, ...stored } = client;
    const location = `${this.http.issuerUrl}/${MANAGEMENT_PATH}/clients/${encodeURIComponent(client.client_id)}`;
    void reply.headers({ location, etag: etagOf(stored) });
    return client;
  }

  @Get()
  @Operation({
    id: 'listClients',
    summary: 'List clients',
    scope: 'clients:read',
    answer: ClientPageDocument,
    problems: ['validation-failed'],
  })
  async list(
    @Query() { limit, cursor, ...filter }: ClientQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const page = await this.reads.list(filter, cursor, limit);
    linkNext(request, reply, this.http.issuerUrl, page);
    return page;
  }

  @Get(':client_id')
  @Operation({
    id: 'readClient',
    summary: 'Read a client',
    scope: 'clients:read',
    answer: StoredClientDocument,
    problems: ['not-found'],
  })
  async read(
    @IdParameter('client_id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StoredClientDocument> {
    return tagged(reply, await this.reads.find(id));
  }

  @Put(':client_id')
  @Operation({
    id: 'replaceClient',
    summary: 'Replace a client',
    description: 'What is left out gets its default. Secrets, and whether it is enabled, stay.',
    scope: 'clients:write',
    body: ClientDocument,
    answer: StoredClientDocument,
    ifMatch: true,
    problems: ['not-found'],
  })
  async replace(
    @CurrentCaller() caller: Caller,
    @IdParameter('client_id') id: string,
    @IfMatch() ifMatch: string,
    @JsonBody() body: ClientDocument,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StoredClientDocument> {
    return tagged(reply, await this.writes.replace(caller, id, ifMatch, body));
  }

  @Patch(':client_id')
  @Operation({
    id: 'patchClient',
    summary: 'Change parts of a client',
    description: 'A JSON merge patch (RFC 7396): null takes a member away.',
    scope: 'clients:write',
    body: ClientDocument,
    bodyType: MERGE_PATCH_TYPE,
    answer: StoredClientDocument,
    ifMatch: true,
    problems: ['not-found'],
  })
  async patch(
    @CurrentCaller() caller: Caller,
    @IdParameter('client_id') id: string,
    @IfMatch() ifMatch: string,
    @MergePatchBody() body: object,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StoredClientDocument> {
    return tagged(reply, await this.writes.patch(caller, id, ifMatch, body));
  }

  @Delete(':client_id')
  @Operation({
    id: 'deleteClient',
    summary: 'Delete a client',
    description: 'All that was issued to it is dead when this returns, however much it is.',
    scope: 'clients:write',
    status: 204,
    ifMatch: true,
    problems: ['not-found'],
  })
  delete(
    @CurrentCaller() caller: Caller,
    @IdParameter('client_id') id: string,
    @IfMatch() ifMatch: string,
  ): Promise<void> {
    return this.writes.delete(caller, id, ifMatch);
  }

  @Post(':client_id/disable')
  @Operation({
    id: 'disableClient',
    summary: 'Disable a client',
    description:
      'It can do nothing any more, and all that was issued to it is dead; enabling brings none back.',
    scope: 'clients:write',
    answer: StoredClientDocument,
    problems: ['not-found'],
  })
  async disable(
    @CurrentCaller() caller: Caller,
    @IdParameter('client_id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StoredClientDocument> {
    return tagged(reply, await this.writes.disable(caller, id));
  }

  @Post(':client_id/enable')
  @Operation({
    id: 'enableClient',
    summary: 'Enable a client',
    scope: 'clients:write',
    answer: StoredClientDocument,
    problems: ['not-found'],
  })
  async enable(
    @CurrentCaller() caller: Caller,
    @IdParameter('client_id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StoredClientDocument> {
    return tagged(reply, await this.writes.enable(caller, id));
  }
}

function tagged(reply: FastifyReply, client: StoredClientDocument): StoredClientDocument {
  void reply.header('etag', etagOf(client));
  return client;
}
