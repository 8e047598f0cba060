import { Get, Inject, Query, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { OutboxSearch } from '../../events/outbox-search.js';
import { eventDocument } from '../../events/event-document.js';
import { ManagementController, Operation } from '../http/operation.js';
import { decodeNumericCursor, encodeCursor, linkNext } from '../http/page.js';
import { EventPageDocument, EventQuery, EventSinksDocument } from './event.documents.js';
import { EventSinks } from './event-sinks.js';

const DEFAULT_LIMIT = 50;

@ManagementController('events', 'Events')
export class EventsController {
  constructor(
    private readonly outbox: OutboxSearch,
    private readonly sinks: EventSinks,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  @Get()
  @Operation({
    id: 'listEvents',
    summary: 'List revocations, newest first',
    description: 'As long as the outbox keeps them. A page that finds little among many says where to go on.',
    scope: 'events:read',
    answer: EventPageDocument,
    problems: ['validation-failed'],
  })
  async list(
    @Query() { limit = DEFAULT_LIMIT, cursor, ...query }: EventQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const before = decodeNumericCursor(cursor) ?? Number.MAX_SAFE_INTEGER;
    const { events, next } = await this.outbox.find(searchOf(query), BigInt(before), limit);
    const items = events.map((event) => ({ ...eventDocument(event), cursor: String(event.cursor) }));
    const page = { items, ...(next !== undefined && { next_cursor: encodeCursor(String(next)) }) };
    linkNext(request, reply, this.http.issuerUrl, page);
    return page;
  }

  @Get('sinks')
  @Operation({
    id: 'listEventSinks',
    summary: 'Show how far events are delivered',
    scope: 'events:read',
    answer: EventSinksDocument,
  })
  async listSinks() {
    return { items: await this.sinks.list() };
  }
}

function searchOf({ sub, sid, client_id, after, before, type }: Omit<EventQuery, 'limit' | 'cursor'>) {
  return {
    type,
    subject: sub,
    sessionId: sid,
    clientId: client_id,
    after: after === undefined ? undefined : new Date(after),
    before: before === undefined ? undefined : new Date(before),
  };
}
