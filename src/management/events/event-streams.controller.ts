import { Get, Inject, Post, Query, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { JsonBody } from '../http/body.js';
import { type Caller, CurrentCaller } from '../http/caller.js';
import { ManagementController, Operation } from '../http/operation.js';
import { linkNext } from '../http/page.js';
import { UuidParameter } from '../http/path-parameter.js';
import {
  EventStreamPageDocument,
  GroupRedeliveryRequest,
  PageQuery,
  RedeliveryDocument,
  RedeliveryRequest,
  RejectionPageDocument,
} from './event.documents.js';
import { EventStreams } from './event-streams.js';
import { Redelivery } from './redelivery.js';

@ManagementController('events', 'Events')
export class EventStreamsController {
  constructor(
    private readonly streams: EventStreams,
    private readonly redelivery: Redelivery,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  @Get('streams')
  @Operation({
    id: 'listEventStreams',
    summary: 'List streams of other parties, and how far they are',
    description: 'Streams of the Shared Signals Framework, of every receiver.',
    scope: 'events:read',
    answer: EventStreamPageDocument,
    problems: ['validation-failed'],
  })
  async list(
    @Query() { limit, cursor }: PageQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const page = await this.streams.list(cursor, limit);
    linkNext(request, reply, this.http.issuerUrl, page);
    return page;
  }

  @Get('streams/:stream_id/rejections')
  @Operation({
    id: 'listStreamRejections',
    summary: 'List what a receiver could not take',
    scope: 'events:read',
    answer: RejectionPageDocument,
    problems: ['validation-failed', 'not-found'],
  })
  async rejections(
    @UuidParameter('stream_id') id: string,
    @Query() { limit, cursor }: PageQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const page = await this.streams.rejections(id, cursor, limit);
    linkNext(request, reply, this.http.issuerUrl, page);
    return page;
  }

  @Post('streams/:stream_id/redeliver')
  @Operation({
    id: 'redeliverStream',
    summary: 'Have a stream deliver events again',
    description:
      'Receivers know a repeat by its `jti`. What the outbox has forgotten can not come again: 409.',
    scope: 'events:write',
    body: RedeliveryRequest,
    answer: RedeliveryDocument,
    problems: ['not-found', 'conflict'],
  })
  redeliver(
    @CurrentCaller() caller: Caller,
    @UuidParameter('stream_id') id: string,
    @JsonBody() body: RedeliveryRequest,
  ): Promise<RedeliveryDocument> {
    return this.redelivery.ofStream(caller, id, body);
  }

  @Post('sinks/redis_stream/redeliver')
  @Operation({
    id: 'redeliverRedisGroup',
    summary: 'Have a consumer group of the Redis stream read events again',
    scope: 'events:write',
    body: GroupRedeliveryRequest,
    answer: RedeliveryDocument,
    problems: ['not-found', 'conflict'],
  })
  redeliverToGroup(
    @CurrentCaller() caller: Caller,
    @JsonBody() body: GroupRedeliveryRequest,
  ): Promise<RedeliveryDocument> {
    return this.redelivery.ofRedisGroup(caller, body);
  }
}
