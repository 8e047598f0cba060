import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { type Statement } from '../../database/sql-session.js';

const INSERT: Statement = {
  name: 'ssf_subject_insert',
  text: `
    INSERT INTO ssf_subject (stream_id, subject_key, lookup_key) SELECT $1, $2, unnest($3::text[])
    ON CONFLICT DO NOTHING`,
};

const DELETE: Statement = {
  name: 'ssf_subject_delete',
  text: 'DELETE FROM ssf_subject WHERE stream_id = $1 AND subject_key = $2',
};

/** One probe of the primary key for each, however many subjects share a key. */
const FIND: Statement = {
  name: 'ssf_subject_find',
  text: `
    SELECT k.key FROM unnest($2::text[]) AS k (key)
    WHERE EXISTS (SELECT 1 FROM ssf_subject s WHERE s.stream_id = $1 AND s.lookup_key = k.key)`,
};

/** The subjects that make an exception from a stream's default, by digests of them. */
@Injectable()
export class SubjectRepository {
  constructor(private readonly database: Database) {}

  async insert(streamId: string, subjectKey: string, lookupKeys: readonly string[]): Promise<void> {
    await this.database.query(INSERT, [streamId, subjectKey, lookupKeys]);
  }

  async delete(streamId: string, subjectKey: string): Promise<void> {
    await this.database.query(DELETE, [streamId, subjectKey]);
  }

  /** Which of the keys some subject of the stream is found by. */
  async find(streamId: string, lookupKeys: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.database.query<{ key: string }>(FIND, [streamId, lookupKeys]);
    return new Set(rows.map(({ key }) => key));
  }
}
