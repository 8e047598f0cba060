import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { type Statement, type Transaction } from '../../database/sql-session.js';
import { EventCursor } from '../../events/event-cursor.js';
import { StreamSignals } from '../stream-signals.js';
import { type StreamStatus } from './stream.js';

/** A stream as whoever runs the service sees it. */
export interface StreamSummary {
  readonly id: string;
  readonly clientId: string;
  readonly description: string | null;
  readonly delivery: 'push' | 'poll';
  readonly status: StreamStatus;
  readonly statusReason: string | null;
  readonly cursor: EventCursor;
  /** Events that its receiver has said it can't take, of the time for which that is kept. */
  readonly rejections: number;
  /** Attempts to push that failed, in a row. */
  readonly failures: number;
  readonly lastFailure: string | null;
  readonly lastFailureAt: Date | null;
}

/** What a receiver could not take. */
export interface StreamRejection {
  readonly jti: string;
  readonly error: string;
  readonly description: string | null;
  readonly receivedAt: Date;
}

const SUMMARY = `
  SELECT s.id, s.client_id AS "clientId", s.description, s.status, s.status_reason AS "statusReason",
    CASE WHEN s.push_url IS NULL THEN 'poll' ELSE 'push' END AS delivery,
    s.cursor_transaction_id::text AS transaction_id, s.cursor_sequence::text AS sequence,
    (SELECT count(*)::int FROM ssf_rejection r WHERE r.stream_id = s.id) AS rejections,
    s.failures, s.last_failure AS "lastFailure", s.last_failure_at AS "lastFailureAt"
  FROM ssf_stream s`;

const LIST: Statement = {
  name: 'ssf_overview_list',
  text: `${SUMMARY} WHERE s.id > $1 ORDER BY s.id LIMIT $2`,
};

const LOCK: Statement = { name: 'ssf_overview_lock', text: `${SUMMARY} WHERE s.id = $1 FOR UPDATE OF s` };

const REJECTIONS: Statement = {
  name: 'ssf_overview_rejections',
  text: `
    SELECT r.jti, r.error, r.description, r.received_at AS "receivedAt" FROM ssf_rejection r
    WHERE r.stream_id = $1 AND r.jti > $2 ORDER BY r.jti LIMIT $3`,
};

/** What was taken beyond the cursor comes again too. */
const REWIND: Statement = {
  name: 'ssf_overview_rewind',
  text: `
    WITH forgotten AS (DELETE FROM ssf_acknowledgement WHERE stream_id = $1)
    UPDATE ssf_stream SET cursor_transaction_id = $2::xid8, cursor_sequence = $3::bigint WHERE id = $1`,
};

type SummaryRow = Omit<StreamSummary, 'cursor'> & Record<'transaction_id' | 'sequence', string>;

/** Every receiver's streams, for whoever runs the service. */
@Injectable()
export class StreamOverview {
  constructor(
    private readonly database: Database,
    private readonly signals: StreamSignals,
  ) {}

  /** Up to `limit` streams after an id. */
  async list(after: string, limit: number): Promise<StreamSummary[]> {
    return (await this.database.query<SummaryRow>(LIST, [after, limit])).map(toSummary);
  }

  /** The stream, which nobody else changes before the transaction ends. */
  async lock(transaction: Transaction, id: string): Promise<StreamSummary | undefined> {
    const [row] = await transaction.query<SummaryRow>(LOCK, [id]);
    return row && toSummary(row);
  }

  /** Up to `limit` of what the receiver could not take, after a `jti`. */
  rejections(id: string, after: string, limit: number): Promise<StreamRejection[]> {
    return this.database.query<StreamRejection>(REJECTIONS, [id, after, limit]);
  }

  /** Has every event after the cursor delivered, again where it was before. */
  async rewind(
    transaction: Transaction,
    id: string,
    { transactionId, sequence }: EventCursor,
  ): Promise<void> {
    await transaction.query(REWIND, [id, String(transactionId), String(sequence)]);
    transaction.afterCommit(() => this.signals.announce(id));
  }
}

function toSummary({ transaction_id, sequence, ...summary }: SummaryRow): StreamSummary {
  return { ...summary, cursor: new EventCursor(BigInt(transaction_id), BigInt(sequence)) };
}
