import { Controller, Header, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { type JsonObject, requireJson } from '../../http/json-object.js';
import { Receivers } from '../receivers.js';
import { StreamService } from '../streams/stream.service.js';
import { parseSubject } from './subject.js';
import { lookupKeys, subjectKey } from './subject-keys.js';
import { SubjectRepository } from './subject.repository.js';

/**
 * Adds subjects to a stream and removes them (SSF §8.1.3). Nothing is said about whether there is such a
 * user: a receiver could probe for accounts otherwise (SSF §9.1).
 */
@Controller('ssf/subjects')
export class SubjectsController {
  constructor(
    private readonly receivers: Receivers,
    private readonly streams: StreamService,
    private readonly subjects: SubjectRepository,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  @Post('add')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async add(@Req() request: FastifyRequest): Promise<void> {
    const { body, stream, subject } = await this.read(request);
    body.optionalBoolean('verified');
    if (stream.defaultSubjects === 'ALL') await this.subjects.delete(stream.id, subjectKey(subject));
    else await this.subjects.insert(stream.id, subjectKey(subject), lookupKeys(subject, 'NONE'));
  }

  @Post('remove')
  @HttpCode(204)
  @Header('cache-control', 'no-store')
  async remove(@Req() request: FastifyRequest): Promise<void> {
    const { stream, subject } = await this.read(request);
    if (stream.defaultSubjects === 'NONE') await this.subjects.delete(stream.id, subjectKey(subject));
    else await this.subjects.insert(stream.id, subjectKey(subject), lookupKeys(subject, 'ALL'));
  }

  private async read(request: FastifyRequest) {
    const clientId = await this.receivers.mayManage(request);
    const body: JsonObject = requireJson(request);
    const stream = await this.streams.find(clientId, body.string('stream_id'));
    return { body, stream, subject: parseSubject(body.object('subject'), this.http.issuerUrl) };
  }
}
