import {
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Inject,
  Patch,
  Post,
  Put,
  Query,
  Req,
} from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { sharedSignalsConfig, type SharedSignalsSettings } from '../../config/shared-signals.config.js';
import { requireJson } from '../../http/json-object.js';
import { Receivers } from '../receivers.js';
import { type Stream } from './stream.js';
import { type StreamDocument, streamDocument } from './stream-document.js';
import { parseStreamRequest, requireUnchanged } from './stream-request.js';
import { type StreamQuery, streamIdIn } from './stream-query.js';
import { StreamService } from './stream.service.js';

/** The Configuration Endpoint (SSF §8.1.1). */
@Controller('ssf/streams')
export class StreamConfigurationController {
  constructor(
    private readonly receivers: Receivers,
    private readonly streams: StreamService,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
    @Inject(sharedSignalsConfig.KEY) private readonly settings: SharedSignalsSettings,
  ) {}

  @Post()
  @Header('cache-control', 'no-store')
  async create(@Req() request: FastifyRequest): Promise<StreamDocument> {
    const clientId = await this.receivers.mayManage(request);
    return this.document(await this.streams.create(clientId, parseStreamRequest(requireJson(request))));
  }

  /** One stream, or all of the receiver's where none is named. */
  @Get()
  @Header('cache-control', 'no-store')
  async read(
    @Req() request: FastifyRequest,
    @Query() query: StreamQuery,
  ): Promise<StreamDocument | StreamDocument[]> {
    const clientId = await this.receivers.mayRead(request);
    const id = streamIdIn(query);
    if (id !== undefined) return this.document(await this.streams.find(clientId, id));
    return (await this.streams.list(clientId)).map((stream) => this.document(stream));
  }

  @Patch()
  @Header('cache-control', 'no-store')
  update(@Req() request: FastifyRequest): Promise<StreamDocument> {
    return this.change(request, 'update');
  }

  @Put()
  @Header('cache-control', 'no-store')
  replace(@Req() request: FastifyRequest): Promise<StreamDocument> {
    return this.change(request, 'replace');
  }

  @Delete()
  @HttpCode(204)
  @Header('cache-control', 'no-store')
  async delete(@Req() request: FastifyRequest, @Query() query: StreamQuery): Promise<void> {
    const clientId = await this.receivers.mayManage(request);
    await this.streams.delete(clientId, streamIdIn(query) ?? '');
  }

  private async change(request: FastifyRequest, how: 'update' | 'replace'): Promise<StreamDocument> {
    const clientId = await this.receivers.mayManage(request);
    const body = requireJson(request);
    const id = body.string('stream_id');
    const requested = parseStreamRequest(body);
    const changed = await this.streams[how](clientId, id, (current) => {
      requireUnchanged(body, this.document(current));
      return requested;
    });
    return this.document(changed);
  }

  private document(stream: Stream): StreamDocument {
    return streamDocument(stream, this.http.issuerUrl, this.settings.verificationInterval);
  }
}
