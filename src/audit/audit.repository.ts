import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { type SqlSession, type Statement, type Transaction } from '../database/sql-session.js';
import { type AuditLink, type LinkBefore } from './audit-chain.js';

/** Which entries are wanted; all that is given must hold. */
export interface AuditFilter {
  readonly actor?: string;
  readonly action?: string;
  readonly targetType?: string;
  readonly target?: string;
  readonly requestId?: string;
  readonly after?: Date;
  readonly before?: Date;
}

const LOCK_HEAD: Statement = {
  name: 'audit_lock_head',
  text: `SELECT sequence::float8 AS sequence, mac, clock_timestamp() AS now FROM audit_head FOR UPDATE`,
};

const HEAD: Statement = {
  name: 'audit_head',
  text: `SELECT sequence::float8 AS sequence, mac FROM audit_head`,
};

const APPEND: Statement = {
  name: 'audit_append',
  text: `
    WITH appended AS (
      INSERT INTO audit_entry (sequence, document, occurred_at, key_version, mac)
      SELECT e.sequence, e.document::json, $5, e.key_version, e.mac
      FROM unnest($1::bigint[], $2::text[], $3::smallint[], $4::bytea[]) AS e (sequence, document, key_version, mac)
      RETURNING sequence, mac)
    UPDATE audit_head SET sequence = a.sequence, mac = a.mac
    FROM (SELECT sequence, mac FROM appended ORDER BY sequence DESC LIMIT 1) AS a`,
};

const LINKS_AFTER: Statement = {
  name: 'audit_links_after',
  text: `
    SELECT e.sequence::float8 AS sequence, document::text, key_version AS "keyVersion", mac FROM audit_entry e
    WHERE e.sequence > $1 ORDER BY e.sequence LIMIT $2`,
};

/** Each condition by the parameter that it takes. */
const CONDITIONS: Readonly<Record<keyof AuditFilter, (parameter: string) => string>> = {
  actor: (parameter) => `actor_id = ${parameter}`,
  action: (parameter) => `action = ${parameter}`,
  targetType: (parameter) => `target_type = ${parameter}`,
  target: (parameter) => `target_id = ${parameter}`,
  requestId: (parameter) => `request_id = ${parameter}`,
  after: (parameter) => `occurred_at >= ${parameter}`,
  before: (parameter) => `occurred_at < ${parameter}`,
};

/** Only what is asked for, so that each set of conditions gets the plan, and the index, that suits it. */
function findStatement(wanted: readonly (keyof AuditFilter)[]): Statement {
  const conditions = wanted.map((name, index) => `AND ${CONDITIONS[name](`$${index + 3}`)}`);
  return {
    name: ['audit_find', ...wanted].join('_'),
    text: `
      SELECT document::text FROM audit_entry e
      WHERE e.sequence < $1 ${conditions.join(' ')}
      ORDER BY e.sequence DESC LIMIT $2`,
  };
}

/** The audit log in Postgres. */
@Injectable()
export class AuditRepository {
  constructor(private readonly database: Database) {}

  /** The last link, and the database's clock. Nobody else appends before the transaction ends. */
  async lockHead(transaction: Transaction): Promise<LinkBefore & { readonly now: Date }> {
    const [head] = await transaction.query<LinkBefore & { now: Date }>(LOCK_HEAD);
    if (!head) throw new Error('the audit log has no head');
    return head;
  }

  async append(transaction: Transaction, links: readonly AuditLink[], occurredAt: Date): Promise<void> {
    await transaction.query(APPEND, [
      links.map(({ sequence }) => sequence),
      links.map(({ document }) => document),
      links.map(({ keyVersion }) => keyVersion),
      links.map(({ mac }) => mac),
      occurredAt,
    ]);
  }

  async head(session: SqlSession = this.database): Promise<LinkBefore> {
    const [head] = await session.query<LinkBefore>(HEAD);
    if (!head) throw new Error('the audit log has no head');
    return head;
  }

  /** Up to `limit` links after a sequence, oldest first. */
  linksAfter(sequence: number, limit: number): Promise<AuditLink[]> {
    return this.database.query<AuditLink>(LINKS_AFTER, [sequence, limit]);
  }

  /** Up to `limit` documents as they were written, newest first, of entries before a sequence. */
  async find(filter: AuditFilter, before: number, limit: number): Promise<string[]> {
    const names = Object.keys(CONDITIONS) as (keyof AuditFilter)[];
    const wanted = names.filter((name) => filter[name] !== undefined);
    const values = [before, limit, ...wanted.map((name) => filter[name])];
    const rows = await this.database.query<{ document: string }>(findStatement(wanted), values);
    return rows.map(({ document }) => document);
  }
}
