import { Injectable } from '@nestjs/common';
import { RandomSource } from '../../common/random-source.js';
import { Database } from '../../database/database.js';
import { type Statement, type Transaction } from '../../database/sql-session.js';
import { type StreamNotice } from '../events/security-event.js';

/** Verifications that may wait for a receiver that takes nothing. */
const MAX_WAITING = 100;

/** Only when the last one is long enough ago; two at once can't both be first. */
const REQUEST_VERIFICATION: Statement = {
  name: 'ssf_notice_request_verification',
  text: `
    WITH verified AS (
      UPDATE ssf_stream s SET verified_at = clock_timestamp()
      WHERE s.id = $1 AND COALESCE(s.verified_at < clock_timestamp() - make_interval(secs => $4), true)
        AND (SELECT count(*) FROM ssf_notice n WHERE n.stream_id = s.id) < ${MAX_WAITING}
      RETURNING s.id)
    INSERT INTO ssf_notice (id, stream_id, type, state) SELECT $2, v.id, 'verification', $3 FROM verified v
    RETURNING id`,
};

/** What is said while a stream is not enabled is that it is not. */
const FIND: Statement = {
  name: 'ssf_notice_find',
  text: `
    SELECT n.id, n.type, n.state, n.status, n.reason FROM ssf_notice n
    WHERE n.stream_id = $1 AND ($2 OR n.type = 'stream-updated')
    ORDER BY n.sequence LIMIT $3`,
};

const FIND_IDS: Statement = {
  name: 'ssf_notice_find_ids',
  text: 'SELECT id FROM ssf_notice WHERE stream_id = $1 AND id = ANY ($2::uuid[])',
};

const DELETE: Statement = {
  name: 'ssf_notice_delete',
  text: 'DELETE FROM ssf_notice WHERE stream_id = $1 AND id = ANY ($2::uuid[])',
};

const DELETE_STALE: Statement = {
  name: 'ssf_notice_delete_stale',
  text: `DELETE FROM ssf_notice WHERE stream_id = $1 AND ($2 OR type = 'stream-updated')`,
};

/** What streams have to say about themselves and have not been heard on yet. */
@Injectable()
export class NoticeRepository {
  constructor(
    private readonly database: Database,
    private readonly random: RandomSource,
  ) {}

  /**
   * Leaves a verification for the stream.
   *
   * @param interval seconds that must lie between two
   * @returns whether it may be had yet
   */
  async insertVerification(streamId: string, state: string | undefined, interval: number): Promise<boolean> {
    const values = [streamId, this.random.uuid(), state ?? null, interval];
    return (await this.database.query(REQUEST_VERIFICATION, values)).length === 1;
  }

  /** The oldest first; of a stream that is not enabled only news of its status. */
  find(streamId: string, isEnabled: boolean, limit: number): Promise<StreamNotice[]> {
    return this.database.query<StreamNotice>(FIND, [streamId, isEnabled, limit]);
  }

  /** Which of the ids, all UUIDs, are of notices that wait. */
  async findIds(streamId: string, ids: readonly string[]): Promise<string[]> {
    return (await this.database.query<{ id: string }>(FIND_IDS, [streamId, ids])).map(({ id }) => id);
  }

  async delete(streamId: string, ids: readonly string[]): Promise<void> {
    await this.database.query(DELETE, [streamId, ids]);
  }

  /** Forgets news of a status that is no longer, and `all` where nothing is held any more. */
  async deleteStale(transaction: Transaction, streamId: string, all: boolean): Promise<void> {
    await transaction.query(DELETE_STALE, [streamId, all]);
  }
}
