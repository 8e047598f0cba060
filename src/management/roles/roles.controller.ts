import { Delete, Get, Inject, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { JsonBody, MERGE_PATCH_TYPE, MergePatchBody } from '../http/body.js';
import { type Caller, CurrentCaller } from '../http/caller.js';
import { parseDocument } from '../http/document.pipe.js';
import { etagOf, IfMatch } from '../http/etag.js';
import { Repeatable, type RepeatableRequest } from '../http/idempotency.js';
import { MANAGEMENT_PATH, ManagementController, Operation } from '../http/operation.js';
import { linkNext } from '../http/page.js';
import { IdParameter } from '../http/path-parameter.js';
import {
  NewRoleDocument,
  RolePageDocument,
  RolePatchDocument,
  StoredRoleDocument,
} from './role.documents.js';
import { RoleQuery } from './role-query.js';
import { RoleReads } from './role-reads.js';
import { RoleWrites } from './role-writes.js';

@ManagementController('roles', 'Roles')
export class RolesController {
  constructor(
    private readonly reads: RoleReads,
    private readonly writes: RoleWrites,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  @Post()
  @Operation({
    id: 'createRole',
    summary: 'Create a role',
    description: 'With no scope that the caller lacks.',
    scope: 'roles:write',
    status: 201,
    body: NewRoleDocument,
    answer: StoredRoleDocument,
    idempotent: true,
    problems: ['conflict'],
  })
  async create(
    @CurrentCaller() caller: Caller,
    @Repeatable() request: RepeatableRequest,
    @JsonBody() body: object,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StoredRoleDocument> {
    const role = await this.writes.create(caller, request, parseDocument(NewRoleDocument, body));
    void reply.header('location', `${this.http.issuerUrl}/${MANAGEMENT_PATH}/roles/${role.name}`);
    return tagged(reply, role);
  }

  @Get()
  @Operation({
    id: 'listRoles',
    summary: 'List roles',
    scope: 'roles:read',
    answer: RolePageDocument,
    problems: ['validation-failed'],
  })
  async list(
    @Query() { limit, cursor }: RoleQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const page = await this.reads.list(cursor, limit);
    linkNext(request, reply, this.http.issuerUrl, page);
    return page;
  }

  @Get(':role_name')
  @Operation({
    id: 'readRole',
    summary: 'Read a role',
    scope: 'roles:read',
    answer: StoredRoleDocument,
    problems: ['not-found'],
  })
  async read(
    @IdParameter('role_name') name: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StoredRoleDocument> {
    return tagged(reply, await this.reads.find(name));
  }

  @Patch(':role_name')
  @Operation({
    id: 'patchRole',
    summary: 'Change parts of a role',
    description: 'At once for everyone who has it, with the access tokens that they hold.',
    scope: 'roles:write',
    body: RolePatchDocument,
    bodyType: MERGE_PATCH_TYPE,
    answer: StoredRoleDocument,
    ifMatch: true,
    problems: ['not-found'],
  })
  async patch(
    @CurrentCaller() caller: Caller,
    @IdParameter('role_name') name: string,
    @IfMatch() ifMatch: string,
    @MergePatchBody() body: object,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StoredRoleDocument> {
    return tagged(reply, await this.writes.patch(caller, name, ifMatch, body));
  }

  @Delete(':role_name')
  @Operation({
    id: 'deleteRole',
    summary: 'Delete a role',
    description: 'Takes it from everyone who has it.',
    scope: 'roles:write',
    status: 204,
    ifMatch: true,
    problems: ['not-found'],
  })
  delete(
    @CurrentCaller() caller: Caller,
    @IdParameter('role_name') name: string,
    @IfMatch() ifMatch: string,
  ): Promise<void> {
    return this.writes.delete(caller, name, ifMatch);
  }
}

function tagged(reply: FastifyReply, role: StoredRoleDocument): StoredRoleDocument {
  void reply.header('etag', etagOf(role));
  return role;
}
