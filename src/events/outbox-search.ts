import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { type Statement } from '../database/sql-session.js';
import { EventCursor } from './event-cursor.js';
import { type EventRow, type StoredEvent, toEvent } from './outbox.repository.js';

/** Which events are wanted; all that is given must hold. */
export interface EventSearch {
  readonly type?: string;
  readonly subject?: string;
  readonly sessionId?: string;
  readonly clientId?: string;
  readonly after?: Date;
  readonly before?: Date;
}

/** What a search found on its way from one sequence down to another. */
export interface EventsFound {
  readonly events: readonly StoredEvent[];
  /** Where to go on, `undefined` at the oldest event. */
  readonly next?: bigint;
}

/** How far readers of the outbox are behind its end. */
export interface OutboxLag {
  /** Events after the cursor, counted up to {@link COUNT_LIMIT}. */
  readonly undelivered: number;
  /** Seconds since the first of them occurred; 0 where there is none. */
  readonly seconds: number;
}

/** Events that one search looks at: it takes as long on an outbox of any size. */
const SCAN_LIMIT = 10_000;
/** A count goes no further. */
export const COUNT_LIMIT = 10_000;

/** By name: a column that a later version adds must not change what a prepared statement answers. */
const COLUMNS = `
  id, type, subject, session_id, client_id, jti, key_id, reason, initiator, occurred_at`;

/** Newest first, among so many events before a sequence. The oldest one looked at says where to go on. */
const SEARCH: Statement = {
  name: 'outbox_search',
  text: `
    WITH looked_at AS (
      SELECT transaction_id, sequence, ${COLUMNS} FROM revocation_event r WHERE r.sequence < $1::bigint ORDER BY r.sequence DESC LIMIT ${SCAN_LIMIT})
    SELECT ${COLUMNS}, l.transaction_id::text AS transaction_id, l.sequence::text AS sequence,
      (SELECT CASE WHEN count(*) = ${SCAN_LIMIT} THEN min(a.sequence) END FROM looked_at a)::text AS scanned_to
    FROM looked_at l
    WHERE ($3::text IS NULL OR l.type = $3) AND ($4::text IS NULL OR l.subject = $4)
      AND ($5::uuid IS NULL OR l.session_id = $5) AND ($6::text IS NULL OR l.client_id = $6)
      AND ($7::timestamptz IS NULL OR l.occurred_at >= $7) AND ($8::timestamptz IS NULL OR l.occurred_at < $8)
    ORDER BY l.sequence DESC LIMIT $2`,
};

const SCANNED_TO: Statement = {
  name: 'outbox_scanned_to',
  text: `
    SELECT r.sequence::text AS sequence FROM revocation_event r
    WHERE r.sequence < $1::bigint ORDER BY r.sequence DESC OFFSET ${SCAN_LIMIT - 1} LIMIT 1`,
};

const LAG: Statement = {
  name: 'outbox_lag',
  text: `
    SELECT count(*)::int AS undelivered,
      COALESCE(extract(epoch FROM clock_timestamp() - min(a.occurred_at)), 0)::float8 AS seconds
    FROM (
      SELECT e.occurred_at FROM revocation_event e WHERE (e.transaction_id, e.sequence) > ($1::xid8, $2::bigint)
      ORDER BY e.transaction_id, e.sequence LIMIT ${COUNT_LIMIT}) a`,
};

/** Just before the first event that occurred at a time or later. */
const BEFORE_TIME: Statement = {
  name: 'outbox_before_time',
  text: `
    SELECT e.transaction_id::text AS transaction_id, (e.sequence - 1)::text AS sequence FROM revocation_event e
    WHERE e.occurred_at >= $1
    ORDER BY e.transaction_id, e.sequence LIMIT 1`,
};

/** The outbox for whoever looks into it, instead of following it. */
@Injectable()
export class OutboxSearch {
  constructor(private readonly database: Database) {}

  /** Up to `limit` events before a sequence, newest first; fewer, with more to come, where few are wanted. */
  async find(search: EventSearch, before: bigint, limit: number): Promise<EventsFound> {
    const { type, subject, sessionId, clientId, after, before: until } = search;
    const values = [String(before), limit, type, subject, sessionId, clientId, after, until];
    const rows = await this.database.query<EventRow & { scanned_to: string | null }>(SEARCH, values);
    const events = rows.map(toEvent);
    const last = events.at(-1);
    if (last && events.length === limit) return { events, next: last.cursor.sequence };
    const scannedTo = rows[0] ? rows[0].scanned_to : await this.scannedTo(before);
    return { events, next: scannedTo === null ? undefined : BigInt(scannedTo) };
  }

  /** How much there is after a cursor. */
  async lag({ transactionId, sequence }: EventCursor): Promise<OutboxLag> {
    const [lag] = await this.database.query<OutboxLag>(LAG, [String(transactionId), String(sequence)]);
    return lag ?? { undelivered: 0, seconds: 0 };
  }

  /** Just before the first event at a time or after it; `undefined` where there is none yet. */
  async cursorBefore(time: Date): Promise<EventCursor | undefined> {
    const [row] = await this.database.query<{ transaction_id: string; sequence: string }>(BEFORE_TIME, [
      time,
    ]);
    return row && new EventCursor(BigInt(row.transaction_id), BigInt(row.sequence));
  }

  /** Where a search that found nothing goes on. */
  private async scannedTo(before: bigint): Promise<string | null> {
    const [row] = await this.database.query<{ sequence: string }>(SCANNED_TO, [String(before)]);
    return row?.sequence ?? null;
  }
}
