import { Delete, Get, Inject, Patch, Post, Put, Query, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { JsonBody, MERGE_PATCH_TYPE, MergePatchBody } from '../http/body.js';
import { type Caller, CurrentCaller } from '../http/caller.js';
import { etagOf, IfMatch } from '../http/etag.js';
import { Repeatable, type RepeatableRequest } from '../http/idempotency.js';
import { MANAGEMENT_PATH, ManagementController, Operation } from '../http/operation.js';
import { linkNext } from '../http/page.js';
import { UuidParameter } from '../http/path-parameter.js';
import {
  NewPasswordDocument,
  NewUserDocument,
  StoredUserDocument,
  UserPageDocument,
  UserPatchDocument,
} from './user.documents.js';
import { UserQuery } from './user-query.js';
import { UserReads } from './user-reads.js';
import { UserWrites } from './user-writes.js';

@ManagementController('users', 'Users')
export class UsersController {
  constructor(
    private readonly reads: UserReads,
    private readonly writes: UserWrites,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  @Post()
  @Operation({
    id: 'createUser',
    summary: 'Create a user',
    scope: 'users:write',
    status: 201,
    body: NewUserDocument,
    answer: StoredUserDocument,
    idempotent: true,
    problems: ['conflict'],
  })
  async create(
    @CurrentCaller() caller: Caller,
    @Repeatable() request: RepeatableRequest,
    @JsonBody() body: object,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StoredUserDocument> {
    const user = await this.writes.create(caller, request, body);
    void reply.header('location', `${this.http.issuerUrl}/${MANAGEMENT_PATH}/users/${user.id}`);
    return tagged(reply, user);
  }

  @Get()
  @Operation({
    id: 'listUsers',
    summary: 'List users',
    description: 'The newest first; an id that was imported has the place of its bytes.',
    scope: 'users:read',
    answer: UserPageDocument,
    problems: ['validation-failed'],
  })
  async list(
    @Query() { limit, cursor, username_prefix: usernamePrefix, ...filter }: UserQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const page = await this.reads.list({ ...filter, usernamePrefix }, cursor, limit);
    linkNext(request, reply, this.http.issuerUrl, page);
    return page;
  }

  @Get(':user_id')
  @Operation({
    id: 'readUser',
    summary: 'Read a user',
    scope: 'users:read',
    answer: StoredUserDocument,
    problems: ['not-found'],
  })
  async read(
    @UuidParameter('user_id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StoredUserDocument> {
    return tagged(reply, await this.reads.find(id));
  }

  @Patch(':user_id')
  @Operation({
    id: 'patchUser',
    summary: 'Change parts of a user',
    description:
      'A JSON merge patch (RFC 7396): null takes a member away. With a new address or phone number goes the claim that the one before was verified, unless the patch sets it.',
    scope: 'users:write',
    body: UserPatchDocument,
    bodyType: MERGE_PATCH_TYPE,
    answer: StoredUserDocument,
    ifMatch: true,
    problems: ['not-found', 'conflict'],
  })
  async patch(
    @CurrentCaller() caller: Caller,
    @UuidParameter('user_id') id: string,
    @IfMatch() ifMatch: string,
    @MergePatchBody() body: object,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StoredUserDocument> {
    return tagged(reply, await this.writes.patch(caller, id, ifMatch, body));
  }

  @Delete(':user_id')
  @Operation({
    id: 'deleteUser',
    summary: 'Delete a user',
    description: 'All that was issued to them is dead when this returns.',
    scope: 'users:write',
    status: 204,
    ifMatch: true,
    problems: ['not-found'],
  })
  delete(
    @CurrentCaller() caller: Caller,
    @UuidParameter('user_id') id: string,
    @IfMatch() ifMatch: string,
  ): Promise<void> {
    return this.writes.delete(caller, id, ifMatch);
  }

  @Put(':user_id/password')
  @Operation({
    id: 'setPassword',
    summary: "Set a user's password",
    description: 'Ends all that was issued to them, unless REVOKE_ON_PASSWORD_CHANGE is off.',
    scope: 'users:write',
    status: 204,
    body: NewPasswordDocument,
    ifMatch: true,
    problems: ['not-found'],
  })
  setPassword(
    @CurrentCaller() caller: Caller,
    @UuidParameter('user_id') id: string,
    @IfMatch() ifMatch: string,
    @JsonBody() body: object,
  ): Promise<void> {
    return this.writes.setPassword(caller, id, ifMatch, body);
  }

  @Post(':user_id/disable')
  @Operation({
    id: 'disableUser',
    summary: 'Disable a user',
    description: 'They can not sign in, and all that was issued to them is dead; enabling brings none back.',
    scope: 'users:write',
    answer: StoredUserDocument,
    problems: ['not-found'],
  })
  async disable(
    @CurrentCaller() caller: Caller,
    @UuidParameter('user_id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StoredUserDocument> {
    return tagged(reply, await this.writes.disable(caller, id));
  }

  @Post(':user_id/enable')
  @Operation({
    id: 'enableUser',
    summary: 'Enable a user',
    scope: 'users:write',
    answer: StoredUserDocument,
    problems: ['not-found'],
  })
  async enable(
    @CurrentCaller() caller: Caller,
    @UuidParameter('user_id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StoredUserDocument> {
    return tagged(reply, await this.writes.enable(caller, id));
  }
}

function tagged(reply: FastifyReply, user: StoredUserDocument): StoredUserDocument {
  void reply.header('etag', etagOf(user));
  return user;
}
