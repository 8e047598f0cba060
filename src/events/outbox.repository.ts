import { Injectable } from '@nestjs/common';
import { RandomSource } from '../common/random-source.js';
import { Database } from '../database/database.js';
import { type SqlSession, type Statement, type Transaction } from '../database/sql-session.js';
import { EventCursor } from './event-cursor.js';
import { type Initiator, type RevocationEvent, type RevocationReason } from './revocation-event.js';

/** An event as every sink gets it. What does not apply to its type is left out. */
export interface StoredEvent {
  /** A UUIDv7, by which a receiver knows a repeat. */
  readonly id: string;
  readonly cursor: EventCursor;
  readonly type: RevocationEvent['type'];
  readonly reason: RevocationReason;
  readonly initiator: Initiator;
  readonly occurredAt: Date;
  readonly subject?: string;
  readonly sessionId?: string;
  readonly clientId?: string;
  readonly jti?: string;
  /** `kid` of a key. */
  readonly keyId?: string;
}

const APPEND: Statement = {
  name: 'outbox_append',
  text: `
    INSERT INTO revocation_event (id, type, subject, session_id, client_id, jti, key_id, reason, initiator)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    RETURNING occurred_at`,
};

/**
 * In the order of transactions, and none that a transaction still under way could come before: an event
 * that commits late is never skipped (law L5). The alias matters: without it the order would be that of the
 * column as text.
 */
const READ_AFTER: Statement = {
  name: 'outbox_read_after',
  text: `
    SELECT id, transaction_id::text, sequence::text, type, subject, session_id, client_id, jti, key_id, reason,
      initiator, occurred_at
    FROM revocation_event e
    WHERE (e.transaction_id, e.sequence) > ($1::xid8, $2::bigint)
      AND e.transaction_id < pg_snapshot_xmin(pg_current_snapshot())
    ORDER BY e.transaction_id, e.sequence
    LIMIT $3`,
};

/** The last transaction that can have no more events: nothing at or before it will appear any more. */
const END: Statement = {
  name: 'outbox_end',
  text: `SELECT (pg_snapshot_xmin(pg_current_snapshot())::text::numeric - 1)::text AS transaction_id`,
};

const FORGOTTEN: Statement = {
  name: 'outbox_forgotten',
  text: `SELECT forgotten_transaction_id::text AS transaction_id, forgotten_sequence::text AS sequence FROM server_state`,
};

/** Just before the first event of the last so many seconds. */
const START_OF: Statement = {
  name: 'outbox_start_of',
  text: `
    SELECT transaction_id::text, (sequence - 1)::text AS sequence FROM revocation_event e
    WHERE occurred_at > clock_timestamp() - make_interval(secs => $1)
    ORDER BY e.transaction_id, e.sequence LIMIT 1`,
};

/**
 * Also those that no reader gets yet, because an older transaction is still under way. Pages go by sequence:
 * what commits behind a page that was read did so after the reading began.
 */
const READ_COMMITTED: Statement = {
  name: 'outbox_read_committed',
  text: `
    SELECT id, transaction_id::text, sequence::text, type, subject, session_id, client_id, jti, key_id, reason,
      initiator, occurred_at
    FROM revocation_event e
    WHERE e.sequence > $1::bigint AND e.occurred_at > clock_timestamp() - make_interval(secs => $2)
    ORDER BY e.sequence
    LIMIT $3`,
};

const FORGET: Statement = {
  name: 'outbox_forget',
  text: `
    WITH forgotten AS (
      DELETE FROM revocation_event WHERE sequence IN (
        SELECT sequence FROM revocation_event
        WHERE occurred_at < clock_timestamp() - make_interval(secs => $1)
        ORDER BY transaction_id, sequence LIMIT $2)
      RETURNING transaction_id, sequence),
    newest AS (SELECT * FROM forgotten ORDER BY transaction_id DESC, sequence DESC LIMIT 1)
    UPDATE server_state s SET forgotten_transaction_id = n.transaction_id, forgotten_sequence = n.sequence
    FROM newest n WHERE (n.transaction_id, n.sequence) > (s.forgotten_transaction_id, s.forgotten_sequence)
    RETURNING (SELECT count(*)::int FROM forgotten) AS count`,
};

/** Also one that waits for an older transaction to end. */
const OLDEST_AGE_AFTER: Statement = {
  name: 'outbox_oldest_age_after',
  text: `
    SELECT extract(epoch FROM clock_timestamp() - e.occurred_at)::float8 AS age FROM revocation_event e
    WHERE (e.transaction_id, e.sequence) > ($1::xid8, $2::bigint)
    ORDER BY e.transaction_id, e.sequence LIMIT 1`,
};

/** Counted as rows come and go, not by reading them. */
const ESTIMATE_SIZE: Statement = {
  name: 'outbox_estimate_size',
  text: `SELECT n_live_tup::int AS count FROM pg_stat_user_tables WHERE relid = 'revocation_event'::regclass`,
};

/** After every event of its transaction. */
const LAST_SEQUENCE = 999_999_999_999_999_999n;

/** A row as it is read. */
export type EventRow = Record<'id' | 'transaction_id' | 'sequence', string> &
  Pick<StoredEvent, 'type' | 'reason' | 'initiator'> &
  Record<'subject' | 'session_id' | 'client_id' | 'jti' | 'key_id', string | null> & {
    readonly occurred_at: Date;
  };

type CursorRow = Record<'transaction_id' | 'sequence', string>;

/** Every column that some event fills. */
type EventColumns = Record<
  'type' | 'reason' | 'initiator' | 'subject' | 'sessionId' | 'clientId' | 'jti' | 'keyId',
  string
>;

/** The outbox: events commit with the revocation that they tell of, or not at all (law L5). */
@Injectable()
export class OutboxRepository {
  constructor(
    private readonly database: Database,
    private readonly random: RandomSource,
  ) {}

  /** @returns when it occurred */
  async append(transaction: Transaction, event: RevocationEvent): Promise<Date> {
    const { type, reason, initiator, subject, sessionId, clientId, jti, keyId }: Partial<EventColumns> =
      event;
    const values = [this.random.uuid(), type, subject, sessionId, clientId, jti, keyId, reason, initiator];
    const [row] = await transaction.query<Pick<EventRow, 'occurred_at'>>(APPEND, values);
    if (!row) throw new Error('the event was not stored');
    return row.occurred_at;
  }

  /** Up to `limit` events after the cursor, oldest first. */
  async readAfter(cursor: EventCursor, limit: number): Promise<StoredEvent[]> {
    const values = [String(cursor.transactionId), String(cursor.sequence), limit];
    return (await this.database.query<EventRow>(READ_AFTER, values)).map(toEvent);
  }

  /** Every event of the last `seconds` that is committed when the reading begins, in pages, in no order that counts. */
  async *readCommitted(seconds: number, limit: number): AsyncGenerator<StoredEvent[]> {
    for (let after = 0n; ;) {
      const rows = await this.database.query<EventRow>(READ_COMMITTED, [String(after), seconds, limit]);
      const events = rows.map(toEvent);
      yield events;
      const last = events.at(-1);
      if (!last || events.length < limit) return;
      after = last.cursor.sequence;
    }
  }

  /** Behind every event that can be read now; all that is read after it is new. */
  async end(session: SqlSession = this.database): Promise<EventCursor> {
    const [row] = await session.query<CursorRow>(END);
    return new EventCursor(BigInt(row?.transaction_id ?? 0), LAST_SEQUENCE);
  }

  /** Just before the first event of the last `seconds`; `undefined` when there was none. */
  async startOf(seconds: number): Promise<EventCursor | undefined> {
    const [row] = await this.database.query<CursorRow>(START_OF, [seconds]);
    return row && new EventCursor(BigInt(row.transaction_id), BigInt(row.sequence));
  }

  /** Up to where events were deleted for their age. */
  async forgottenTo(): Promise<EventCursor> {
    const [row] = await this.database.query<CursorRow>(FORGOTTEN);
    return new EventCursor(BigInt(row?.transaction_id ?? 0), BigInt(row?.sequence ?? 0));
  }

  /** How old the first event after the cursor is, in seconds; 0 when there is none. */
  async oldestAgeAfter({ transactionId, sequence }: EventCursor): Promise<number> {
    const values = [String(transactionId), String(sequence)];
    const [row] = await this.database.query<{ age: number }>(OLDEST_AGE_AFTER, values);
    return Math.max(0, row?.age ?? 0);
  }

  /** How many events there are, about: Postgres' own count, which a crash of it sets back. */
  async estimateSize(): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(ESTIMATE_SIZE);
    return row?.count ?? 0;
  }

  /** Deletes up to `limit` events that are older than `seconds`. @returns how many */
  async deleteOlderThan(transaction: Transaction, seconds: number, limit: number): Promise<number> {
    const [row] = await transaction.query<{ count: number }>(FORGET, [seconds, limit]);
    return row?.count ?? 0;
  }
}

export function toEvent(row: EventRow): StoredEvent {
  const { id, type, reason, initiator, occurred_at: occurredAt } = row;
  return {
    id,
    cursor: new EventCursor(BigInt(row.transaction_id), BigInt(row.sequence)),
    type,
    reason,
    initiator,
    occurredAt,
    subject: row.subject ?? undefined,
    sessionId: row.session_id ?? undefined,
    clientId: row.client_id ?? undefined,
    jti: row.jti ?? undefined,
    keyId: row.key_id ?? undefined,
  };
}
