import { Delete, Get, Inject, Patch, Post, Put, Query, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { JsonBody, MERGE_PATCH_TYPE } from '../http/body.js';
import { type Caller, CurrentCaller } from '../http/caller.js';
import { etagOf, IfMatch } from '../http/etag.js';
import { Repeatable, type RepeatableRequest } from '../http/idempotency.js';
import { MANAGEMENT_PATH, ManagementController, Operation } from '../http/operation.js';
import { linkNext } from '../http/page.js';
import { UuidParameter } from '../http/path-parameter.js';
import {
  GatewayRouteDocument,
  GatewayRoutePageDocument,
  GatewayRouteQuery,
  StoredGatewayRouteDocument,
} from './route.documents.js';
import { type RoutePatch, RoutePatchBody } from './route-patch.js';
import { RouteReads } from './route-reads.js';
import { RouteWrites } from './route-writes.js';

const PATH = 'gateway/routes';

@ManagementController(PATH, 'Gateway')
export class GatewayRoutesController {
  constructor(
    private readonly reads: RouteReads,
    private readonly writes: RouteWrites,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  @Post()
  @Operation({
    id: 'createGatewayRoute',
    summary: 'Make a route of the gateway',
    description: 'Every replica follows it within moments. Its client secret is shown to nobody again.',
    scope: 'gateway:write',
    status: 201,
    body: GatewayRouteDocument,
    answer: StoredGatewayRouteDocument,
    idempotent: true,
    problems: ['conflict'],
  })
  async create(
    @CurrentCaller() caller: Caller,
    @Repeatable() request: RepeatableRequest,
    @JsonBody() body: GatewayRouteDocument,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StoredGatewayRouteDocument> {
    const route = await this.writes.create(caller, request, body);
    void reply.header('location', `${this.http.issuerUrl}/${MANAGEMENT_PATH}/${PATH}/${route.id}`);
    return tagged(reply, route);
  }

  @Get()
  @Operation({
    id: 'listGatewayRoutes',
    summary: 'List the routes of the gateway, oldest first',
    scope: 'gateway:read',
    answer: GatewayRoutePageDocument,
    problems: ['validation-failed'],
  })
  async list(
    @Query() { limit, cursor, ...filter }: GatewayRouteQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const page = await this.reads.list(filter, cursor, limit);
    linkNext(request, reply, this.http.issuerUrl, page);
    return page;
  }

  @Get(':route_id')
  @Operation({
    id: 'readGatewayRoute',
    summary: 'Read a route of the gateway',
    scope: 'gateway:read',
    answer: StoredGatewayRouteDocument,
    problems: ['not-found'],
  })
  async read(
    @UuidParameter('route_id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StoredGatewayRouteDocument> {
    return tagged(reply, await this.reads.find(id));
  }

  @Put(':route_id')
  @Operation({
    id: 'replaceGatewayRoute',
    summary: 'Replace a route of the gateway',
    description: 'What is left out gets its default, but for the client secret, which stays.',
    scope: 'gateway:write',
    body: GatewayRouteDocument,
    answer: StoredGatewayRouteDocument,
    ifMatch: true,
    problems: ['not-found', 'conflict'],
  })
  async replace(
    @CurrentCaller() caller: Caller,
    @UuidParameter('route_id') id: string,
    @IfMatch() ifMatch: string,
    @JsonBody() body: GatewayRouteDocument,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StoredGatewayRouteDocument> {
    return tagged(reply, await this.writes.replace(caller, id, ifMatch, body));
  }

  @Patch(':route_id')
  @Operation({
    id: 'patchGatewayRoute',
    summary: 'Change parts of a route of the gateway',
    description:
      'A JSON merge patch (RFC 7396), or a form as Kong takes it (application/x-www-form-urlencoded), such as `config.auth_methods=refresh_token&config.auth_methods=password`: a repeated field is a list, an empty one null. A form needs no If-Match.',
    scope: 'gateway:write',
    body: GatewayRouteDocument,
    bodyType: MERGE_PATCH_TYPE,
    answer: StoredGatewayRouteDocument,
    ifMatch: true,
    problems: ['not-found', 'conflict'],
  })
  async patch(
    @CurrentCaller() caller: Caller,
    @UuidParameter('route_id') id: string,
    @RoutePatchBody() patch: RoutePatch,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StoredGatewayRouteDocument> {
    return tagged(reply, await this.writes.patch(caller, id, patch));
  }

  @Delete(':route_id')
  @Operation({
    id: 'deleteGatewayRoute',
    summary: 'Delete a route of the gateway',
    scope: 'gateway:write',
    status: 204,
    ifMatch: true,
    problems: ['not-found'],
  })
  delete(
    @CurrentCaller() caller: Caller,
    @UuidParameter('route_id') id: string,
    @IfMatch() ifMatch: string,
  ): Promise<void> {
    return this.writes.delete(caller, id, ifMatch);
  }
}

function tagged(reply: FastifyReply, route: StoredGatewayRouteDocument): StoredGatewayRouteDocument {
  void reply.header('etag', etagOf(route));
  return route;
}
