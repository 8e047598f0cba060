import { Get, Put, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { JsonBody } from '../http/body.js';
import { type Caller, CurrentCaller } from '../http/caller.js';
import { parseDocument } from '../http/document.pipe.js';
import { etagOf, IfMatch } from '../http/etag.js';
import { ManagementController, Operation } from '../http/operation.js';
import { UuidParameter } from '../http/path-parameter.js';
import { UserRolesDocument } from './role.documents.js';
import { RoleReads } from './role-reads.js';
import { UserRoleWrites } from './user-role-writes.js';

@ManagementController('users/:user_id/roles', 'Roles')
export class UserRolesController {
  constructor(
    private readonly reads: RoleReads,
    private readonly writes: UserRoleWrites,
  ) {}

  @Get()
  @Operation({
    id: 'readUserRoles',
    summary: 'Read the roles of a user',
    scope: 'roles:read',
    answer: UserRolesDocument,
    problems: ['not-found'],
  })
  async read(
    @UuidParameter('user_id') userId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserRolesDocument> {
    return tagged(reply, await this.reads.ofUser(userId));
  }

  @Put()
  @Operation({
    id: 'setUserRoles',
    summary: 'Set the roles of a user',
    description:
      'All that they are to have, instead of those they had. What is given or taken away must be within what the caller may do.',
    scope: 'roles:write',
    body: UserRolesDocument,
    answer: UserRolesDocument,
    ifMatch: true,
    problems: ['not-found'],
  })
  async replace(
    @CurrentCaller() caller: Caller,
    @UuidParameter('user_id') userId: string,
    @IfMatch() ifMatch: string,
    @JsonBody() body: object,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserRolesDocument> {
    return tagged(
      reply,
      await this.writes.replace(caller, userId, ifMatch, parseDocument(UserRolesDocument, body)),
    );
  }
}

function tagged(reply: FastifyReply, roles: UserRolesDocument): UserRolesDocument {
  void reply.header('etag', etagOf(roles));
  return roles;
}
