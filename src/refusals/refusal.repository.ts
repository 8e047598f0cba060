import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { type Statement } from '../database/sql-session.js';
import { type RefusalFilter, type NotedRefusal } from './refused-request.js';

const INSERT: Statement = {
  name: 'refusals_insert',
  text: `
    INSERT INTO refusal (id, request_id, occurred_at, path, status, error, reason, detail, client_id, family_id,
      grant_type)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[], $5::smallint[], $6::text[],
      $7::text[], $8::text[], $9::text[], $10::uuid[], $11::text[])`,
};

const COLUMNS = `r.id, r.request_id AS "requestId", r.occurred_at AS "occurredAt", r.path, r.status, r.error, r.reason,
  r.detail, r.client_id AS "clientId", r.family_id AS "familyId", r.grant_type AS "grantType"`;

/** By the narrowest index that the filter allows. */
const INDEXED = [
  ['requestId', 'request_id'],
  ['familyId', 'family_id'],
  ['clientId', 'client_id'],
] as const;

const DELETE_BEFORE: Statement = {
  name: 'refusals_delete_before',
  text: `
    DELETE FROM refusal WHERE id IN (SELECT id FROM refusal WHERE id < $1 ORDER BY id LIMIT $2)
    RETURNING id`,
};

type Row = { readonly [Member in keyof NotedRefusal]-?: NonNullable<NotedRefusal[Member]> | null };

/** Refused requests in Postgres. */
@Injectable()
export class RefusalRepository {
  constructor(private readonly database: Database) {}

  async insert(refusals: readonly NotedRefusal[]): Promise<void> {
    const column = <Value>(value: (refusal: NotedRefusal) => Value) => refusals.map(value);
    await this.database.query(INSERT, [
      column(({ id }) => id),
      column(({ requestId }) => requestId),
      column(({ occurredAt }) => occurredAt),
      column(({ path }) => path),
      column(({ status }) => status),
      column(({ error }) => error),
      column(({ reason }) => reason),
      column(({ detail }) => detail ?? null),
      column(({ clientId }) => clientId ?? null),
      column(({ familyId }) => familyId ?? null),
      column(({ grantType }) => grantType ?? null),
    ]);
  }

  /** Up to `limit` refusals with ids below `below`, newest first. */
  async find(filter: RefusalFilter, limit: number, below?: string): Promise<NotedRefusal[]> {
    const given = INDEXED.filter(([member]) => filter[member] !== undefined);
    const conditions = given.map(([, column], index) => `r.${column} = $${index + 3}`);
    const text = `
      SELECT ${COLUMNS} FROM refusal r
      WHERE ${['($2::uuid IS NULL OR r.id < $2)', ...conditions].join(' AND ')}
      ORDER BY r.id DESC LIMIT $1`;
    const name = ['refusals_find', ...given.map(([, column]) => column)].join('_by_');
    const values = [limit, below ?? null, ...given.map(([member]) => filter[member])];
    return (await this.database.query<Row>({ name, text }, values)).map(withoutNulls);
  }

  /** Deletes up to `limit` refusals with ids below `id`. @returns how many */
  async deleteBefore(id: string, limit: number): Promise<number> {
    return (await this.database.query(DELETE_BEFORE, [id, limit])).length;
  }
}

function withoutNulls(row: Row): NotedRefusal {
  return Object.fromEntries(
    Object.entries(row).filter(([, value]) => value !== null),
  ) as unknown as NotedRefusal;
}
