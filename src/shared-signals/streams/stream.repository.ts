import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { type SqlSession, type Statement, type Transaction } from '../../database/sql-session.js';
import { type EventCursor } from '../../events/event-cursor.js';
import { type ReceiverSettings, type Stream, type StreamStatus } from './stream.js';

/** The columns of a {@link Stream}, of a table `s`. */
export const STREAM_COLUMNS = `
  s.id, s.client_id AS "clientId", s.description, s.events_requested AS "eventsRequested",
  s.default_subjects AS "defaultSubjects", s.push_url AS "pushUrl", s.push_authorization AS "pushAuthorization",
  s.push_authorization_version AS "pushAuthorizationVersion", s.status, s.status_reason AS "statusReason"`;

const FIND: Statement = {
  name: 'ssf_stream_find',
  text: `SELECT ${STREAM_COLUMNS} FROM ssf_stream s WHERE s.id = $1 AND s.client_id = $2`,
};

const LOCK: Statement = { name: 'ssf_stream_lock', text: `${FIND.text} FOR UPDATE` };

const FIND_BY_CLIENT: Statement = {
  name: 'ssf_stream_find_by_client',
  text: `SELECT ${STREAM_COLUMNS} FROM ssf_stream s WHERE s.client_id = $1 ORDER BY s.id`,
};

const LOCK_CLIENT: Statement = {
  name: 'ssf_stream_lock_client',
  text: 'SELECT id FROM client WHERE id = $1 FOR NO KEY UPDATE',
};

const COUNT: Statement = {
  name: 'ssf_stream_count',
  text: 'SELECT count(*)::int AS count FROM ssf_stream WHERE client_id = $1',
};

const INSERT: Statement = {
  name: 'ssf_stream_insert',
  text: `
    INSERT INTO ssf_stream (id, client_id, description, events_requested, push_url, push_authorization,
      push_authorization_version, default_subjects, cursor_transaction_id, cursor_sequence)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
};

const UPDATE: Statement = {
  name: 'ssf_stream_update',
  text: `
    UPDATE ssf_stream SET description = $2, events_requested = $3, push_url = $4, push_authorization = $5,
      push_authorization_version = $6
    WHERE id = $1`,
};

const UPDATE_STATUS: Statement = {
  name: 'ssf_stream_update_status',
  text: 'UPDATE ssf_stream SET status = $2, status_reason = $3 WHERE id = $1',
};

const MOVE: Statement = {
  name: 'ssf_stream_move',
  text: 'UPDATE ssf_stream SET cursor_transaction_id = $2, cursor_sequence = $3 WHERE id = $1',
};

const DELETE: Statement = {
  name: 'ssf_stream_delete',
  text: 'DELETE FROM ssf_stream WHERE id = $1 AND client_id = $2 RETURNING id',
};

/** Streams as their receivers manage them. */
@Injectable()
export class StreamRepository {
  constructor(private readonly database: Database) {}

  async findById(id: string, clientId: string): Promise<Stream | undefined> {
    return (await this.database.query<Stream>(FIND, [id, clientId]))[0];
  }

  findByClient(clientId: string): Promise<Stream[]> {
    return this.database.query<Stream>(FIND_BY_CLIENT, [clientId]);
  }

  /** The stream, which nobody else changes until the transaction ends. */
  async lockById(transaction: Transaction, id: string, clientId: string): Promise<Stream | undefined> {
    return (await transaction.query<Stream>(LOCK, [id, clientId]))[0];
  }

  /** How many streams the client has, while nobody else makes one; `undefined` when the client is gone. */
  async countByClient(transaction: Transaction, clientId: string): Promise<number | undefined> {
    if ((await transaction.query(LOCK_CLIENT, [clientId])).length === 0) return undefined;
    // A statement of its own: one that had to wait for the lock would not see what was done meanwhile.
    const [row] = await transaction.query<{ count: number }>(COUNT, [clientId]);
    return row?.count;
  }

  /** @param cursor behind which its events begin */
  async insert(transaction: Transaction, stream: Stream, cursor: EventCursor): Promise<void> {
    const { id, clientId, defaultSubjects } = stream;
    const values = [id, clientId, ...settingsOf(stream), defaultSubjects, ...positionOf(cursor)];
    await transaction.query(INSERT, values);
  }

  async update(transaction: Transaction, id: string, settings: ReceiverSettings): Promise<void> {
    await transaction.query(UPDATE, [id, ...settingsOf(settings)]);
  }

  async updateStatus(
    transaction: Transaction,
    id: string,
    status: StreamStatus,
    reason: string | null,
  ): Promise<void> {
    await transaction.query(UPDATE_STATUS, [id, status, reason]);
  }

  /** Lets the stream's events begin behind the cursor. */
  async move(transaction: Transaction, id: string, cursor: EventCursor): Promise<void> {
    await transaction.query(MOVE, [id, ...positionOf(cursor)]);
  }

  /** @returns whether it was there */
  async delete(session: SqlSession, id: string, clientId: string): Promise<boolean> {
    return (await session.query(DELETE, [id, clientId])).length === 1;
  }
}

function settingsOf(settings: ReceiverSettings): unknown[] {
  const { description, eventsRequested, pushUrl, pushAuthorization, pushAuthorizationVersion } = settings;
  return [description, eventsRequested, pushUrl, pushAuthorization, pushAuthorizationVersion];
}

function positionOf({ transactionId, sequence }: EventCursor): [string, string] {
  return [String(transactionId), String(sequence)];
}
