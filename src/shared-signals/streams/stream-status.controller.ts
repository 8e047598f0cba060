import { Controller, Get, Header, HttpCode, Post, Query, Req } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { OAuthError } from '../../common/oauth-error.js';
import { requireJson } from '../../http/json-object.js';
import { Receivers } from '../receivers.js';
import { STATUSES, type StreamStatus } from './stream.js';
import { type StreamQuery, streamIdIn } from './stream-query.js';
import { StreamService } from './stream.service.js';
import { StreamStatusService } from './stream-status.service.js';

interface StatusDocument {
  readonly stream_id: string;
  readonly status: StreamStatus;
  readonly reason?: string;
}

const MAX_REASON = 500;

/** The Status Endpoint (SSF §8.1.2). */
@Controller('ssf/status')
export class StreamStatusController {
  constructor(
    private readonly receivers: Receivers,
    private readonly streams: StreamService,
    private readonly statuses: StreamStatusService,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  async read(@Req() request: FastifyRequest, @Query() query: StreamQuery): Promise<StatusDocument> {
    const clientId = await this.receivers.mayRead(request);
    const { id, status, statusReason } = await this.streams.find(clientId, streamIdIn(query) ?? '');
    return statusDocument(id, status, statusReason ?? undefined);
  }

  @Post()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async change(@Req() request: FastifyRequest): Promise<StatusDocument> {
    const clientId = await this.receivers.mayManage(request);
    const body = requireJson(request);
    const stream = await this.streams.find(clientId, body.string('stream_id'));
    const status = STATUSES.find((known) => known === body.string('status'));
    if (!status) throw OAuthError.invalidRequest(`status must be one of ${STATUSES.join(', ')}`);
    const reason = body.optionalString('reason', MAX_REASON);
    await this.statuses.change(stream, status, reason);
    return statusDocument(stream.id, status, reason);
  }
}

function statusDocument(stream_id: string, status: StreamStatus, reason: string | undefined): StatusDocument {
  return { stream_id, status, ...(reason !== undefined && { reason }) };
}
