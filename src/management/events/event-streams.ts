import { Injectable } from '@nestjs/common';
import { OutboxSearch } from '../../events/outbox-search.js';
import {
  StreamOverview,
  type StreamRejection,
  type StreamSummary,
} from '../../shared-signals/streams/stream-overview.js';
import { decodeCursor, decodeUuidCursor, type Page, toPage } from '../http/page.js';
import { type EventStreamDocument, type RejectionDocument } from './event.documents.js';

/** Each stream's lag is a query: a page has fewer. */
const DEFAULT_LIMIT = 20;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** Shows the streams of the Shared Signals Framework. */
@Injectable()
export class EventStreams {
  constructor(
    private readonly overview: StreamOverview,
    private readonly outbox: OutboxSearch,
  ) {}

  async list(cursor: string | undefined, limit = DEFAULT_LIMIT): Promise<Page<EventStreamDocument>> {
    const rows = await this.overview.list(decodeUuidCursor(cursor) ?? BEFORE_ALL, limit + 1);
    const page = toPage(
      rows,
      limit,
      ({ id }) => id,
      (stream) => stream,
    );
    return { ...page, items: await Promise.all(page.items.map((stream) => this.show(stream))) };
  }

  async rejections(
    id: string,
    cursor: string | undefined,
    limit = DEFAULT_LIMIT,
  ): Promise<Page<RejectionDocument>> {
    const rows = await this.overview.rejections(id, decodeCursor(cursor) ?? '', limit + 1);
    return toPage(rows, limit, ({ jti }) => jti, rejectionDocument);
  }

  private async show(stream: StreamSummary): Promise<EventStreamDocument> {
    const { undelivered, seconds } = await this.outbox.lag(stream.cursor);
    const { description, statusReason, lastFailure, lastFailureAt } = stream;
    return {
      stream_id: stream.id,
      client_id: stream.clientId,
      ...(description !== null && { description }),
      delivery: stream.delivery,
      status: stream.status,
      ...(statusReason !== null && { status_reason: statusReason }),
      cursor: String(stream.cursor),
      events_behind: undelivered,
      seconds_behind: Math.round(seconds),
      rejections: stream.rejections,
      failures: stream.failures,
      ...(lastFailure !== null && { last_failure: lastFailure }),
      ...(lastFailureAt && { last_failure_at: lastFailureAt.toISOString() }),
    };
  }
}

function rejectionDocument({ jti, error, description, receivedAt }: StreamRejection): RejectionDocument {
  return { jti, error, ...(description !== null && { description }), received_at: receivedAt.toISOString() };
}
