import { Injectable } from '@nestjs/common';
import { REVOCATION_WINDOW } from '../common/revocation-window.js';
import { type EventCursor } from '../events/event-cursor.js';
import { eventDocument } from '../events/event-document.js';
import { OutboxRepository } from '../events/outbox.repository.js';

const PAGE = 1_000;

/**
 * What a verifier that starts cold must know: the revocations of as long as a token may live. It is read
 * page by page, in no transaction: what comes in between is in the stream after the cursor too.
 */
@Injectable()
export class RevocationSnapshot {
  constructor(private readonly outbox: OutboxRepository) {}

  async *lines(): AsyncGenerator<string> {
    const end = await this.outbox.end();
    yield `${JSON.stringify({ cursor: String(end) })}\n`;
    let cursor: EventCursor | undefined = await this.outbox.startOf(REVOCATION_WINDOW);
    while (cursor && end.isAfter(cursor)) {
      const events = await this.outbox.readAfter(cursor, PAGE);
      yield* events.map((event) => `${JSON.stringify(eventDocument(event))}\n`);
      cursor = events.at(-1)?.cursor;
    }
  }
}
