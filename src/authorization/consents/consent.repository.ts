import { Injectable } from '@nestjs/common';
import { type SqlSession, type Statement, type Transaction } from '../../database/sql-session.js';

/** What a person let a client have, for as long as they don't take it back. */
export interface Consent {
  readonly client_id: string;
  readonly scopes: readonly string[];
  readonly audiences: readonly string[];
  readonly granted_at: Date;
  readonly updated_at: Date;
}

const COLUMNS = 'g.client_id, g.scopes, g.audiences, g.granted_at, g.updated_at';

/** A client that was deleted and registered anew is another client, whatever its id. */
const FIND: Statement = {
  name: 'consent_find',
  text: `
    SELECT ${COLUMNS} FROM consent g JOIN client c ON c.id = g.client_id
    WHERE g.user_id = $1 AND g.client_id = $2 AND g.granted_at >= c.created_at`,
};

const LIST: Statement = {
  name: 'consent_list',
  text: `
    SELECT ${COLUMNS} FROM consent g JOIN client c ON c.id = g.client_id
    WHERE g.user_id = $1 AND g.granted_at >= c.created_at
    ORDER BY g.client_id`,
};

/** More is added to what was granted before, unless that was to another client of this id. */
const GRANT: Statement = {
  name: 'consent_grant',
  text: `
    INSERT INTO consent AS g (user_id, client_id, scopes, audiences) VALUES ($1, $2, $3, $4)
    ON CONFLICT (user_id, client_id) DO UPDATE SET (scopes, audiences, granted_at, updated_at) = (
      SELECT
        CASE WHEN k.is_same THEN ARRAY(SELECT unnest(g.scopes) UNION SELECT unnest(excluded.scopes)) ELSE excluded.scopes END,
        CASE WHEN k.is_same THEN ARRAY(SELECT unnest(g.audiences) UNION SELECT unnest(excluded.audiences)) ELSE excluded.audiences END,
        CASE WHEN k.is_same THEN g.granted_at ELSE clock_timestamp() END,
        clock_timestamp()
      FROM (SELECT g.granted_at >= c.created_at AS is_same FROM client c WHERE c.id = g.client_id) k)`,
};

const DELETE: Statement = {
  name: 'consent_delete',
  text: 'DELETE FROM consent WHERE user_id = $1 AND client_id = $2 RETURNING client_id',
};

/** The clients of consents are found by leaps through the index, however many consents each has. */
const DELETE_ORPHANED: Statement = {
  name: 'consent_delete_orphaned',
  text: `
    WITH RECURSIVE clients (id) AS (
      (SELECT client_id FROM consent ORDER BY client_id LIMIT 1)
      UNION ALL
      SELECT (SELECT g.client_id FROM consent g WHERE g.client_id > l.id ORDER BY g.client_id LIMIT 1)
      FROM clients l WHERE l.id IS NOT NULL)
    DELETE FROM consent WHERE ctid = ANY (ARRAY(
      SELECT g.ctid FROM clients l JOIN consent g ON g.client_id = l.id
      WHERE NOT EXISTS (SELECT 1 FROM client c WHERE c.id = l.id) LIMIT $1))
    RETURNING 1`,
};

/** Consents in Postgres, one row for a person and a client. */
@Injectable()
export class ConsentRepository {
  async find(session: SqlSession, userId: string, clientId: string): Promise<Consent | undefined> {
    const [consent] = await session.query<Consent>(FIND, [userId, clientId]);
    return consent;
  }

  /** By client. */
  listByUser(session: SqlSession, userId: string): Promise<Consent[]> {
    return session.query<Consent>(LIST, [userId]);
  }

  /** Adds to what the user let the client have. */
  async grant(
    transaction: Transaction,
    userId: string,
    { client_id, scopes, audiences }: Pick<Consent, 'client_id' | 'scopes' | 'audiences'>,
  ): Promise<void> {
    await transaction.query(GRANT, [userId, client_id, scopes, audiences]);
  }

  /** @returns whether there was one */
  async delete(transaction: Transaction, userId: string, clientId: string): Promise<boolean> {
    return (await transaction.query(DELETE, [userId, clientId])).length === 1;
  }

  /** Deletes up to `limit` consents to clients that are gone. @returns how many */
  async deleteOrphaned(session: SqlSession, limit: number): Promise<number> {
    return (await session.query(DELETE_ORPHANED, [limit])).length;
  }
}
