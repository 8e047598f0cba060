import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { type Statement } from '../../database/sql-session.js';
import { EventCursor } from '../../events/event-cursor.js';
import { type Stream } from '../streams/stream.js';
import { STREAM_COLUMNS } from '../streams/stream.repository.js';
import { type SubjectRules } from '../subjects/subject-filter.js';

/** How far a stream is. */
export interface StreamProgress extends Stream, SubjectRules {
  /** All events up to here are done with. */
  readonly cursor: EventCursor;
  /** `jti`s of what is done with beyond the cursor. */
  readonly acknowledged: readonly string[];
  /** Whether events after the cursor have been deleted for their age. */
  readonly isBehind: boolean;
}

/** A security event by its id, and where its event is in the outbox; nowhere is what a stream says of itself. */
export interface EventReference {
  readonly jti: string;
  readonly cursor?: EventCursor;
}

/** What a receiver says of a security event that it can't take (RFC 8935 §2.4, RFC 8936 §2.6). */
export interface Rejection {
  readonly jti: string;
  readonly error: string;
  readonly description?: string;
}

const IS_BEHIND = `s.status <> 'disabled'
  AND (s.cursor_transaction_id, s.cursor_sequence) < (v.forgotten_transaction_id, v.forgotten_sequence)`;

const FIND_PROGRESS: Statement = {
  name: 'ssf_backlog_find_progress',
  text: `
    SELECT ${STREAM_COLUMNS}, s.cursor_transaction_id::text, s.cursor_sequence::text, (${IS_BEHIND}) AS "isBehind",
      EXISTS (SELECT 1 FROM ssf_subject e WHERE e.stream_id = s.id) AS "hasSubjects",
      ARRAY(SELECT a.jti FROM ssf_acknowledgement a WHERE a.stream_id = s.id) AS acknowledged
    FROM ssf_stream s CROSS JOIN server_state v WHERE s.id = $1`,
};

/**
 * Never over events that were deleted unread: such a stream is given up instead, see `DISABLE_BEHIND`. Nor
 * when other event types are requested by now than those that the events were judged by.
 */
const ADVANCE: Statement = {
  name: 'ssf_backlog_advance',
  text: `
    WITH advanced AS (
      UPDATE ssf_stream s SET cursor_transaction_id = $4::xid8, cursor_sequence = $5::bigint
      FROM server_state v
      WHERE s.id = $1 AND s.cursor_transaction_id = $2::xid8 AND s.cursor_sequence = $3::bigint
        AND s.events_requested IS NOT DISTINCT FROM $6::text[] AND NOT (${IS_BEHIND})
      RETURNING s.id),
    reached AS (
      DELETE FROM ssf_acknowledgement a USING advanced d
      WHERE a.stream_id = d.id AND (a.transaction_id, a.sequence) <= ($4::xid8, $5::bigint))
    SELECT id FROM advanced`,
};

const ACKNOWLEDGE: Statement = {
  name: 'ssf_backlog_acknowledge',
  text: `
    INSERT INTO ssf_acknowledgement (stream_id, transaction_id, sequence, jti)
    SELECT s.id, t.transaction_id::xid8, t.sequence::bigint, t.jti
    FROM ssf_stream s, unnest($2::text[], $3::text[], $4::text[]) AS t (transaction_id, sequence, jti)
    WHERE s.id = $1 AND (t.transaction_id::xid8, t.sequence::bigint) > (s.cursor_transaction_id, s.cursor_sequence)
    ON CONFLICT DO NOTHING`,
};

const REJECT: Statement = {
  name: 'ssf_backlog_reject',
  text: `
    INSERT INTO ssf_rejection (stream_id, jti, error, description)
    SELECT s.id, t.jti, t.error, t.description
    FROM ssf_stream s, unnest($2::text[], $3::text[], $4::text[]) AS t (jti, error, description)
    WHERE s.id = $1
    ON CONFLICT DO NOTHING`,
};

const DISABLE_BEHIND: Statement = {
  name: 'ssf_backlog_disable_behind',
  text: `
    WITH disabled AS (
      UPDATE ssf_stream s SET status = 'disabled', status_reason = $1 FROM server_state v WHERE ${IS_BEHIND}
      RETURNING s.id)
    INSERT INTO ssf_notice (id, stream_id, type, status, reason)
    SELECT gen_random_uuid(), d.id, 'stream-updated', 'disabled', $1 FROM disabled d
    RETURNING stream_id`,
};

/** The next event behind each cursor, by the index: streams are few. */
const MEASURE: Statement = {
  name: 'ssf_backlog_measure',
  text: `
    SELECT (count(*) FILTER (WHERE s.status = 'enabled'))::int AS enabled,
      (count(*) FILTER (WHERE s.status = 'paused'))::int AS paused,
      (count(*) FILTER (WHERE s.status = 'disabled'))::int AS disabled,
      COALESCE(max(extract(epoch FROM clock_timestamp() - next.occurred_at)), 0)::float8 AS "backlogAge"
    FROM ssf_stream s
    LEFT JOIN LATERAL (
      SELECT e.occurred_at FROM revocation_event e
      WHERE (e.transaction_id, e.sequence) > (s.cursor_transaction_id, s.cursor_sequence) AND s.status = 'enabled'
      ORDER BY e.transaction_id, e.sequence LIMIT 1) next ON true`,
};

const NOTE_FAILURE: Statement = {
  name: 'ssf_backlog_note_failure',
  text: `
    UPDATE ssf_stream SET failures = failures + 1, last_failure = $2, last_failure_at = clock_timestamp()
    WHERE id = $1`,
};

/** Only where it says otherwise: a stream in order is not written to for each event. */
const NOTE_SUCCESS: Statement = {
  name: 'ssf_backlog_note_success',
  text: 'UPDATE ssf_stream SET failures = 0 WHERE id = $1 AND failures > 0',
};

const FORGET_REJECTIONS: Statement = {
  name: 'ssf_backlog_forget_rejections',
  text: 'DELETE FROM ssf_rejection WHERE received_at < clock_timestamp() - make_interval(secs => $1)',
};

type ProgressRow = Omit<StreamProgress, 'cursor'> &
  Record<'cursor_transaction_id' | 'cursor_sequence', string>;

/** How many streams there are by status, and how many seconds the one furthest behind is so. */
type BacklogExtent = Readonly<Record<'enabled' | 'paused' | 'disabled' | 'backlogAge', number>>;

/** Where streams stand in the outbox. Every statement is a verdict by itself; none needs a transaction. */
@Injectable()
export class BacklogRepository {
  constructor(private readonly database: Database) {}

  async findProgress(streamId: string): Promise<StreamProgress | undefined> {
    const [row] = await this.database.query<ProgressRow>(FIND_PROGRESS, [streamId]);
    if (!row) return undefined;
    const { cursor_transaction_id, cursor_sequence, ...stream } = row;
    return { ...stream, cursor: new EventCursor(BigInt(cursor_transaction_id), BigInt(cursor_sequence)) };
  }

  /** Moves the cursor, when it and the stream are still as they were. @returns whether they were */
  async advance(stream: Stream, from: EventCursor, to: EventCursor): Promise<boolean> {
    const values = [stream.id, ...positionOf(from), ...positionOf(to), stream.eventsRequested];
    return (await this.database.query(ADVANCE, values)).length === 1;
  }

  /** Takes down what is done with beyond the cursor; again is no harm. */
  async acknowledge(streamId: string, done: readonly Required<EventReference>[]): Promise<void> {
    const positions = done.map(({ cursor }) => positionOf(cursor));
    const transactions = positions.map(([transactionId]) => transactionId);
    const sequences = positions.map(([, sequence]) => sequence);
    await this.database.query(ACKNOWLEDGE, [streamId, transactions, sequences, done.map(({ jti }) => jti)]);
  }

  async reject(streamId: string, rejections: readonly Rejection[]): Promise<void> {
    const errors = rejections.map(({ error }) => error);
    const descriptions = rejections.map(({ description }) => description ?? null);
    await this.database.query(REJECT, [streamId, rejections.map(({ jti }) => jti), errors, descriptions]);
  }

  /** Disables every stream that has missed events, and has it say so. @returns their ids */
  async disableBehind(reason: string): Promise<readonly string[]> {
    const rows = await this.database.query<{ stream_id: string }>(DISABLE_BEHIND, [reason]);
    return rows.map(({ stream_id }) => stream_id);
  }

  async measure(): Promise<BacklogExtent> {
    const [row] = await this.database.query<BacklogExtent>(MEASURE);
    if (!row) throw new Error('the streams were not measured');
    return row;
  }

  /** Takes down why an event was not taken. */
  async noteFailure(streamId: string, problem: string): Promise<void> {
    await this.database.query(NOTE_FAILURE, [streamId, problem]);
  }

  async noteSuccess(streamId: string): Promise<void> {
    await this.database.query(NOTE_SUCCESS, [streamId]);
  }

  async deleteRejectionsOlderThan(seconds: number): Promise<void> {
    await this.database.query(FORGET_REJECTIONS, [seconds]);
  }
}

function positionOf({ transactionId, sequence }: EventCursor): [string, string] {
  return [String(transactionId), String(sequence)];
}
