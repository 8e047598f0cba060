import { Controller, Get, Header, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { OAuthError } from '../common/oauth-error.js';
import { EventCursor } from '../events/event-cursor.js';
import { OutboxRepository } from '../events/outbox.repository.js';
import { soleHeader } from '../http/sole-header.js';
import { BearerAuthenticator } from '../introspection/bearer-authenticator.js';
import { EventFilter, type FilterQuery } from './event-filter.js';
import { EventReaders } from './event-readers.js';
import { RevocationSnapshot } from './revocation-snapshot.js';

/** The scope that lets internal services read of every revocation. */
export const EVENTS_SCOPE = 'events.read';

@Controller('events/revocations')
export class RevocationEventsController {
  constructor(
    private readonly bearers: BearerAuthenticator,
    private readonly outbox: OutboxRepository,
    private readonly readers: EventReaders,
    private readonly snapshots: RevocationSnapshot,
  ) {}

  /**
   * Every revocation as it happens, as server-sent events. `Last-Event-ID` resumes after that event; without
   * it the stream begins now. 410 when events after it have been deleted: take a snapshot then.
   */
  @Get()
  @RouteConfig({ isStream: true })
  async stream(
    @Req() request: FastifyRequest,
    @Query() query: FilterQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.authorize(request);
    const filter = EventFilter.parse(query);
    const cursor = await this.cursorOf(request);
    reply.hijack();
    const isStillWelcome = () => this.bearers.isAlive(request);
    this.readers.add({ response: reply.raw, cursor, filter, isStillWelcome });
  }

  /** What is revoked and may not have expired, a JSON document a line; the first line has the cursor to resume from. */
  @Get('snapshot')
  @Header('cache-control', 'no-store')
  async snapshot(@Req() request: FastifyRequest, @Query() query: FilterQuery): Promise<StreamableFile> {
    await this.authorize(request);
    if (Object.keys(query).length > 0) throw OAuthError.invalidRequest('the snapshot takes no parameters');
    return new StreamableFile(Readable.from(this.snapshots.lines()), { type: 'application/x-ndjson' });
  }

  private async authorize(request: FastifyRequest): Promise<void> {
    // Fastify takes it for a GET: a stream would stay open for as long as the client waits for an end.
    if (request.method === 'HEAD') throw OAuthError.methodNotAllowed('GET');
    soleHeader(request, 'authorization');
    await this.bearers.authenticate(request, EVENTS_SCOPE);
  }

  private async cursorOf(request: FastifyRequest): Promise<EventCursor> {
    const lastEventId = soleHeader(request, 'last-event-id') ?? '';
    const end = await this.outbox.end();
    if (lastEventId === '') return end;
    const cursor = EventCursor.parse(lastEventId);
    if (!cursor) throw OAuthError.invalidRequest('Last-Event-ID is malformed');
    // One from the future was given out before the database was set back, by a restore or a failover.
    const isOfThisHistory = !cursor.isAfter(end);
    if (!isOfThisHistory || (await this.outbox.forgottenTo()).isAfter(cursor))
      throw OAuthError.eventsForgotten();
    return cursor;
  }
}
