import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { type Statement } from '../../database/sql-session.js';

/**
 * Renews what is held and takes what nobody holds. In the order of ids, past what another replica is
 * taking just now. A client that is disabled gets nothing while it is, and a stream that is not enabled
 * only what it says of itself.
 */
const CLAIM: Statement = {
  name: 'ssf_push_lease_claim',
  text: `
    UPDATE ssf_stream SET pusher = $1, pusher_until = clock_timestamp() + make_interval(secs => $2)
    WHERE id IN (
      SELECT s.id FROM ssf_stream s JOIN client c ON c.id = s.client_id
      WHERE s.push_url IS NOT NULL AND c.enabled
        AND (s.status = 'enabled'
          OR EXISTS (SELECT 1 FROM ssf_notice n WHERE n.stream_id = s.id AND n.type = 'stream-updated'))
        AND COALESCE(s.pusher = $1 OR s.pusher_until < clock_timestamp(), true)
      ORDER BY s.id FOR UPDATE OF s SKIP LOCKED)
    RETURNING id`,
};

const RELEASE: Statement = {
  name: 'ssf_push_lease_release',
  text: 'UPDATE ssf_stream SET pusher = NULL, pusher_until = NULL WHERE pusher = $1',
};

/** Which replica pushes which stream, and until when without renewal. */
@Injectable()
export class PushLeaseRepository {
  constructor(private readonly database: Database) {}

  /** @returns the ids of all streams that the replica pushes for the next `seconds` */
  async claim(replica: string, seconds: number): Promise<string[]> {
    return (await this.database.query<{ id: string }>(CLAIM, [replica, seconds])).map(({ id }) => id);
  }

  async release(replica: string): Promise<void> {
    await this.database.query(RELEASE, [replica]);
  }
}
